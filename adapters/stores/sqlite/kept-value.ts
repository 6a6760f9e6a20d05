import type { Kept } from "../../../runtime/ports/store.ts"
import { jsonText } from "../encoding/json-text.ts"
import { refusePlatformObjects } from "../encoding/platform-object.ts"
import { cloneBytes, readClone } from "./clone-bytes.ts"

/** Of one value: SQLite takes a row of 1,000,000,000 bytes at most, and a task's arguments and its output are in one. */
export const mostBytes = 480_000_000

/**
 * A text where JSON says all of it: that is short, and `sqlite3` shows it. Else the bytes of a structured clone.
 *
 * @throws DataCloneError for a function, a symbol, a Blob and what else cannot be kept, RangeError for what is too large.
 */
export function encode(value: unknown): string | Uint8Array {
  const text = jsonText(value)
  if (text === undefined) refusePlatformObjects(value)
  return ofLength(text ?? cloneBytes(value), mostBytes)
}

/** The same for what is put together of what was encoded: when it is written it is too late to refuse it. */
export function encodeOwn(value: unknown): string | Uint8Array {
  return jsonText(value) ?? cloneBytes(value)
}

export function decode(kept: Kept): unknown {
  return typeof kept === "string" ? JSON.parse(kept) : readClone(kept as Uint8Array)
}

/** @throws RangeError for more than `most` bytes: said now, and not by SQLite when it is too late to refuse it. */
export function ofLength<Bytes extends string | Uint8Array>(kept: Bytes, most: number): Bytes {
  const isSurelyShort = typeof kept === "string" && kept.length * mostBytesOfUnit <= most
  const bytes = isSurelyShort ? 0 : typeof kept === "string" ? Buffer.byteLength(kept) : kept.byteLength
  if (bytes <= most) return kept
  throw new RangeError(
    `Cannot keep a value of ${bytes} bytes: at most ${most} can be kept; write it to a file of its own`,
  )
}

/** So many bytes of UTF-8 are one unit of a text, at most. */
const mostBytesOfUnit = 3
