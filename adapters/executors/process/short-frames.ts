import { type FromWorker, fromWorker } from "../worker/envelopes.ts"
import { numberIn, smallKindOf, smallValue } from "../worker/small-value.ts"

/**
 * The frame of a batch that says of short bodies only that they begin and what they returned: records of one length. A child process
 * writes one for each short body, so that nothing is lost if the next body kills it; cloning it would cost more than the body.
 *
 * Source of the layout, all little-endian: the length of the records with its highest bit set (four bytes), then for each the kind of the
 * envelope, the kind of the output, the ticket (four bytes from 4), progress, milliseconds and number (eight bytes each from 8).
 */
const recordLength = 32

/** Of the length of such a frame. */
export const shortMark = 0x8000_0000

/** Written as soon as it is made: one buffer serves for all of them. */
const most = 64
const scratch = Buffer.alloc(4 + most * recordLength)

/** Undefined for a batch that says anything else. Good until the next call. */
export function encodeShortFrame(batch: readonly FromWorker[]): Uint8Array | undefined {
  if (batch.length > most) return undefined
  let at = 4
  for (const envelope of batch) {
    if (!encodeRecord(envelope, at)) return undefined
    at += recordLength
  }
  scratch.writeUInt32LE(shortMark + at - 4, 0)
  return scratch.subarray(0, at)
}

function encodeRecord(envelope: FromWorker, at: number): boolean {
  if (envelope[0] === fromWorker.started) {
    scratch[at] = envelope[0]
    scratch.writeUInt32LE(envelope[1], at + 4)
    return true
  }
  if (envelope[0] !== fromWorker.returned) return false
  const [kind, ticket, progress, took, value] = envelope
  const valueKind = smallKindOf(value)
  if (valueKind === undefined) return false
  scratch[at] = kind
  scratch[at + 1] = valueKind
  scratch.writeUInt32LE(ticket, at + 4)
  scratch.writeDoubleLE(progress, at + 8)
  scratch.writeDoubleLE(took, at + 16)
  scratch.writeDoubleLE(numberIn(value), at + 24)
  return true
}

/** Whether a frame that begins with this length is one of records. */
export function isShort(length: number): boolean {
  return length >= shortMark
}

/** How many bytes follow the length. */
export function frameLength(length: number): number {
  return length >= shortMark ? length - shortMark : length
}

/** The batch in the records from `start` to `end`. */
export function decodeShortFrame(bytes: Buffer, start: number, end: number): readonly FromWorker[] {
  const batch: FromWorker[] = []
  for (let at = start; at < end; at += recordLength) {
    const ticket = bytes.readUInt32LE(at + 4)
    if (bytes[at] === fromWorker.started) batch.push([fromWorker.started, ticket])
    else {
      const value = smallValue(bytes[at + 1] ?? 0, bytes.readDoubleLE(at + 24))
      batch.push([fromWorker.returned, ticket, bytes.readDoubleLE(at + 8), bytes.readDoubleLE(at + 16), value])
    }
  }
  return batch
}
