/** Throws for a value that cannot cross the boundary in question; `structuredClone` where there is no stricter one. */
export type CloneCheck = (value: unknown) => unknown

/**
 * The way to the first part of `value` that cannot cross: `args[0].callback`, `output.items[3].fn`, `event.get("key")`.
 * Undefined when all of it can.
 *
 * @param moved What crosses by being moved, and need not be cloned.
 */
export function findUnserializable(
  value: unknown,
  name: string,
  clone: CloneCheck = structuredClone,
  moved: readonly object[] = [],
): string | undefined {
  try {
    const found = search(value, name, (part) => canCross(part, clone), new Set(moved))
    if (found !== undefined || moved.length > 0 || clones(value, clone)) return found
    // What looks plain and is not: a proxy. Only trying each part finds it.
    return search(value, name, (part) => clones(part, clone), new Set()) ?? name
  } catch {
    return name // nested deeper than the stack, or a proxy that throws
  }
}

function search(
  value: unknown,
  path: string,
  crosses: (part: object) => boolean,
  seen: Set<object>,
): string | undefined {
  if (typeof value === "function" || typeof value === "symbol") return path
  if (typeof value !== "object" || value === null || seen.has(value)) return undefined
  seen.add(value)
  for (const [item, step] of parts(value)) {
    const found = search(item, path + step, crosses, seen)
    if (found !== undefined) return found
  }
  return crosses(value) ? undefined : path
}

/** What a structured clone would copy of it, each with its step of the path. */
function* parts(value: object): Generator<readonly [unknown, string]> {
  if (ArrayBuffer.isView(value)) return
  if (value instanceof Map) {
    for (const [key, item] of value) {
      yield [key, ".keys()"]
      yield [item, `.get(${describeKey(key)})`]
    }
    return
  }
  if (value instanceof Set) {
    for (const item of value) yield [item, ".values()"]
    return
  }
  for (const key of Object.keys(value)) {
    let item: unknown
    try {
      item = (value as Record<string, unknown>)[key]
    } catch {
      continue // a getter that throws: the object itself is at fault, and is found as such
    }
    yield [item, stepTo(value, key)]
  }
}

function stepTo(value: object, key: string): string {
  if (Array.isArray(value)) return `[${key}]`
  return /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`
}

function describeKey(key: unknown): string {
  return typeof key === "string" ? JSON.stringify(key) : String(key)
}

/** Its parts are known to be fine, so trying all of it is only needed for what is more than a sum of parts. */
function canCross(value: object, clone: CloneCheck): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  const plain = Array.isArray(value) || prototype === Object.prototype || prototype === null
  return (plain && !hasGetter(value)) || clones(value, clone)
}

function clones(value: unknown, clone: CloneCheck): boolean {
  try {
    clone(value)
    return true
  } catch {
    return false
  }
}

function hasGetter(value: object): boolean {
  return Object.keys(value).some((key) => Object.getOwnPropertyDescriptor(value, key)?.get !== undefined)
}
