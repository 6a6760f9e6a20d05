import type { Kept } from "../../../runtime/ports/store.ts"
import { jsonText } from "../encoding/json-text.ts"
import { cloneBytes, readClone } from "./clone-bytes.ts"

/**
 * A text where JSON says all of it: that is short, and `sqlite3` shows it. Else the bytes of a structured clone.
 *
 * @throws DataCloneError for a function, a symbol and what else cannot be cloned.
 */
export function encode(value: unknown): string | Uint8Array {
  return jsonText(value) ?? cloneBytes(value)
}

export function decode(kept: Kept): unknown {
  return typeof kept === "string" ? JSON.parse(kept) : readClone(kept as Uint8Array)
}
