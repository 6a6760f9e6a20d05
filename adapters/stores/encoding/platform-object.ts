/**
 * What is kept as what it is, though it has no properties. By their tags, because a value may come of another realm. (Of a DOMException, which
 * is in many logs and causes, SQLite's bytes have its stack.)
 */
const knownTags = new Set("Date RegExp Map Set Error DOMException Boolean Number String BigInt".split(" "))

/**
 * Refuses the platform's own objects, such as a Blob or a key: a structured clone of one is another handle of the same, and bytes of it would
 * be those of an empty object.
 *
 * @throws DataCloneError, also for those that no structured clone takes.
 */
export function refusePlatformObjects(value: unknown): void {
  const found = new Set<unknown>([value])
  // those that are added meanwhile have their turn: no recursion, however deep it is
  for (const one of found) {
    if (typeof one !== "object" || one === null || isBytes(one)) continue
    const parts = partsOf(one)
    if (parts.length === 0 && !isPlain(one)) refuseBranded(one)
    for (const part of parts) if (typeof part === "object") found.add(part)
  }
}

function refuseBranded(object: object): void {
  const tag = Object.prototype.toString.call(object).slice(8, -1)
  if (knownTags.has(tag)) return
  // Nothing is in it: whoever is no plain object as a copy is known by what nobody sees.
  if (isPlain(structuredClone(object))) return
  throw new DOMException(`${tag} could not be cloned.`, "DataCloneError")
}

function partsOf(object: object): readonly unknown[] {
  const own = Object.values(object) as readonly unknown[]
  if (object instanceof Map) return [...own, ...object.keys(), ...object.values()]
  if (object instanceof Set) return [...own, ...object]
  return object instanceof Error ? [...own, object.cause] : own
}

function isBytes(object: object): boolean {
  return ArrayBuffer.isView(object) || Object.prototype.toString.call(object).endsWith("ArrayBuffer]")
}

function isPlain(object: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(object)
  return prototype === Object.prototype || prototype === null || Array.isArray(object)
}
