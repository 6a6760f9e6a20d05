import type { Kept } from "../../../runtime/ports/store.ts"
import { jsonText } from "../encoding/json-text.ts"

/** In an object of its own, because a clone may be `undefined`, or a text that is no JSON. */
interface KeptClone {
  readonly clone: unknown
}

/** @throws DataCloneError for a function, a symbol and what else cannot be cloned. */
export function encode(value: unknown): Kept {
  return jsonText(value) ?? ({ clone: structuredClone(value) } satisfies KeptClone)
}

/** Another copy each time: what a reader does to it changes nothing that is kept. */
export function decode(kept: Kept): unknown {
  return typeof kept === "string" ? JSON.parse(kept) : structuredClone((kept as KeptClone).clone)
}
