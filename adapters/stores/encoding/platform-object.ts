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
    if (typeof one !== "object" || one === null) continue
    for (const part of isPlain(one) ? Object.values(one) : partsOf(one)) {
      if (typeof part === "object" && part !== null) found.add(part)
    }
  }
}

function partsOf(object: object): readonly unknown[] {
  const tag = tagOf(object)
  if (ArrayBuffer.isView(object) || tag.endsWith("ArrayBuffer")) return []
  const own = Object.values(object) as readonly unknown[]
  if (!knownTags.has(tag) && (own.length === 0 || tag !== "Object")) refuseBranded(object, tag)
  if (object instanceof Map) return [...own, ...object.keys(), ...object.values()]
  if (object instanceof Set) return [...own, ...object]
  return object instanceof Error ? [...own, object.cause] : own
}

/** Whoever is no plain object as a copy is known by what nobody sees. */
function refuseBranded(object: object, tag: string): void {
  const copy = structuredClone(object)
  if (isPlain(copy) || knownTags.has(tagOf(copy))) return
  throw new DOMException(`${tag} could not be cloned.`, "DataCloneError")
}

function tagOf(object: object): string {
  return Object.prototype.toString.call(object).slice(8, -1)
}

function isPlain(object: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(object)
  return prototype === Object.prototype || prototype === null || Array.isArray(object)
}
