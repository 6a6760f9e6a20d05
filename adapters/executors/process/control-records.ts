/**
 * What is said beside the data of a child process, between its parent and its control thread. Records of one length, so that
 * neither side has to serialize anything.
 */
export const control = {
  /** To the child: take an attempt back; answered by the same, with 1 when it will never begin. */
  revoke: 1,
  /** To the child: a body is aborted. */
  abort: 2,
  /** To the child: how far is it? Answered by the same, with its progress, when that has changed. */
  sample: 3,
} as const

export interface ControlRecord {
  readonly kind: number
  readonly slot: number
  readonly ticket: number
  readonly value: number
}

const byteLength = 16

export function encodeRecord(kind: number, slot: number, ticket: number, value: number): Uint8Array {
  const record = new DataView(new ArrayBuffer(byteLength))
  record.setUint16(0, kind)
  record.setUint16(2, slot)
  record.setUint32(4, ticket)
  record.setFloat64(8, value)
  return new Uint8Array(record.buffer)
}

/** Puts records together from the pieces in which a stream delivers them. */
export class RecordReader {
  readonly #receive: (record: ControlRecord) => void
  #rest: Uint8Array = new Uint8Array(0)

  constructor(receive: (record: ControlRecord) => void) {
    this.#receive = receive
  }

  push(chunk: Uint8Array): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    let at = 0
    for (; at + byteLength <= bytes.length; at += byteLength) {
      this.#receive({
        kind: view.getUint16(at),
        slot: view.getUint16(at + 2),
        ticket: view.getUint32(at + 4),
        value: view.getFloat64(at + 8),
      })
    }
    this.#rest = bytes.subarray(at)
  }
}
