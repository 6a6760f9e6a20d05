/** Nested deeper, a value is left to the structured clone: the walk must not outgrow the stack. */
const deepest = 200

/**
 * A value as JSON, where JSON says exactly what a structured clone would; undefined where it does not: `undefined` itself, NaN, -0, a
 * Date, a Map, an instance of a class, a hole in an array, one object in two places.
 */
export function jsonText(value: unknown): string | undefined {
  return isSaid(value, 0, undefined) ? JSON.stringify(value) : undefined
}

function isSaid(value: unknown, depth: number, seen: Set<object> | undefined): boolean {
  switch (typeof value) {
    case "string":
    case "boolean":
      return true
    case "number":
      return Number.isFinite(value) && !Object.is(value, -0)
    case "object":
      return value === null || isObjectSaid(value, depth, seen ?? new Set())
    default:
      return false
  }
}

function isObjectSaid(value: object, depth: number, seen: Set<object>): boolean {
  if (depth > deepest || seen.has(value)) return false
  seen.add(value)
  const prototype: unknown = Object.getPrototypeOf(value)
  if (Array.isArray(value)) {
    if (prototype !== Array.prototype || Object.keys(value).length !== value.length) return false
    // by index, because `every` passes over holes
    for (let index = 0; index < value.length; index++) if (!isSaid(value[index], depth + 1, seen)) return false
    return true
  }
  if (prototype !== Object.prototype && prototype !== null) return false
  // not of what is no plain object: bytes have a key for each
  for (const key of Object.keys(value)) {
    if (key === "__proto__" || !isSaid((value as Record<string, unknown>)[key], depth + 1, seen)) return false
  }
  return true
}
