/** True for errors of any realm: one that a library made in another `vm` context is no `instanceof Error` here. Never throws. */
export function isError(value: unknown): value is Error {
  return isOf(Error, value) || tryTo(() => Object.prototype.toString.call(value)) === "[object Error]"
}

/** `instanceof`, of what may be a proxy that throws when it is looked at. */
export function isOf<Type>(type: abstract new (...args: never) => Type, value: unknown): value is Type {
  return tryTo(() => value instanceof type) === true
}

/** What it gives; undefined where it throws. */
export function tryTo<Value>(read: () => Value): Value | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}

/** What was thrown, as an Error: a thrown value that is none becomes the `cause` of one. */
export function asError(thrown: unknown): Error {
  if (isError(thrown)) return thrown
  if (typeof thrown === "string") return new Error(thrown, { cause: thrown })
  return new Error(`A value that is not an Error was thrown: ${describeValue(thrown)}`, { cause: thrown })
}

/** A value in a few words; never throws. */
export function describeValue(value: unknown): string {
  if (typeof value === "string") return value
  try {
    if (typeof value === "function") return `[Function ${value.name || "anonymous"}]`
    const text = String(value)
    if (text !== "[object Object]") return text
    return JSON.stringify(value)?.slice(0, 200) ?? text
  } catch {
    return `[${typeof value}]`
  }
}
