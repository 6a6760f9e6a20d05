import type { Kept } from "../../../runtime/ports/store.ts"
import { jsonText } from "../encoding/json-text.ts"
import { refusePlatformObjects } from "../encoding/platform-object.ts"

/** In an object of its own, because a clone may be `undefined`, or a text that is no JSON. */
interface KeptClone {
  readonly clone: unknown
}

/** @throws DataCloneError for a function, a symbol, a Blob and what else cannot be kept. */
export function encode(value: unknown): Kept {
  const text = jsonText(value)
  if (text !== undefined) return text
  refusePlatformObjects(value)
  return { clone: structuredClone(value) } satisfies KeptClone
}

/** Another copy each time: what a reader does to it changes nothing that is kept. */
export function decode(kept: Kept): unknown {
  return typeof kept === "string" ? JSON.parse(kept) : structuredClone((kept as KeptClone).clone)
}
