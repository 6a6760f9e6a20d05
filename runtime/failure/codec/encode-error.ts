import { asError, describeValue, isError, tryTo } from "./as-error.ts"
import { type EncodedError, errorMark } from "./encoded-error.ts"
import { classNameOf } from "./error-classes.ts"

/** Some errors drag a whole HTTP client along; what is beyond these limits is told as text. */
const deepest = 16
const largest = 2000

/** What has been copied so far: the way down to here, against cycles, and how much there may still be. */
class Extent {
  readonly ancestors: object[] = []
  left = largest
}

/** What was thrown, as plain data. Never throws, whatever it is given. */
export function encodeError(thrown: unknown): EncodedError {
  const error = asError(thrown)
  const extent = new Extent()
  extent.ancestors.push(error)
  return encode(error, extent)
}

/**
 * The nearest thing to `value` that can be cloned: errors go through the codec, class instances become plain objects,
 * functions, symbols, cycles and what is too deep or too much become text. Never throws.
 */
export function toPlain(value: unknown): unknown {
  return plain(value, new Extent())
}

function encode(error: Error, extent: Extent): EncodedError {
  const own = tryTo(() => copyProperties(error, extent, ["message", "stack", "cause", "errors"])) ?? {}
  // `name` is often defined as a property that is not enumerable.
  if (tryTo(() => Object.hasOwn(error, "name")) && !("name" in own)) own["name"] = text(() => error.name)
  const stack = tryTo(() => error.stack)
  const cause = tryTo(() => ("cause" in error ? { value: plain(error.cause, extent) } : undefined))
  const errors = tryTo(() => ("errors" in error && Array.isArray(error.errors) ? [...error.errors] : undefined))
  return {
    classes: tryTo(() => classesOf(error)) ?? [],
    name: text(() => error.name),
    message: text(() => error.message),
    stack: typeof stack === "string" ? stack : undefined,
    own,
    ...(cause === undefined ? {} : { cause }),
    ...(errors === undefined ? {} : { errors: errors.map((item: unknown) => plain(item, extent)) }),
  }
}

function classesOf(error: Error): readonly string[] {
  const classes: string[] = []
  const prototypeOf = (value: object): object | null => Object.getPrototypeOf(value)
  for (let type = prototypeOf(error); type !== null && type !== Object.prototype; type = prototypeOf(type)) {
    const name = classNameOf(type)
    if (name !== undefined) classes.push(name)
  }
  return classes
}

function plain(value: unknown, extent: Extent): unknown {
  if (typeof value === "function" || typeof value === "symbol") return describeValue(value)
  if (typeof value !== "object" || value === null) return value
  if (extent.ancestors.includes(value)) return "[Circular]"
  if (extent.ancestors.length >= deepest || --extent.left < 0) return "[Truncated]"
  extent.ancestors.push(value)
  try {
    return copy(value, extent)
  } catch {
    return describeValue(value)
  } finally {
    extent.ancestors.pop()
  }
}

function copy(value: object, extent: Extent): unknown {
  if (isError(value)) return { [errorMark]: encode(value, extent) }
  if (Array.isArray(value)) return value.map((item) => plain(item, extent))
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [plain(key, extent), plain(item, extent)]))
  if (value instanceof Set) return new Set([...value].map((item) => plain(item, extent)))
  if (value instanceof Date) return new Date(value.getTime())
  if (value instanceof RegExp) return new RegExp(value.source, value.flags)
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value))
    return copyOfBytes(value) ?? "[Bytes that are elsewhere]"
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) {
    if (Object.prototype.toString.call(value) !== "[object Object]") return describeValue(value)
    const { toJSON } = value as { toJSON?: unknown }
    if (typeof toJSON === "function") return plain(toJSON.call(value), extent)
  }
  return copyProperties(value, extent)
}

/** Undefined for those that have been moved away, or are shared, which a file cannot keep. What is told later is what they are now. */
function copyOfBytes(bytes: ArrayBuffer | ArrayBufferView): ArrayBuffer | ArrayBufferView | undefined {
  const [buffer, from] = ArrayBuffer.isView(bytes) ? [bytes.buffer, bytes.byteOffset] : [bytes, 0]
  if (!(buffer instanceof ArrayBuffer) || buffer.detached) return undefined
  const copied = buffer.slice(from, from + bytes.byteLength)
  if (bytes === buffer) return copied
  // By its tag, as a structured clone has it: what Node calls a Buffer is a Uint8Array.
  const View = Reflect.get(globalThis, Object.prototype.toString.call(bytes).slice(8, -1)) as ViewOf
  return new View(copied)
}

type ViewOf = new (buffer: ArrayBuffer) => ArrayBufferView

/** Own enumerable properties; one whose getter throws is told as text. */
function copyProperties(value: object, extent: Extent, except: readonly string[] = []): Record<string, unknown> {
  const copied: Record<string, unknown> = {}
  for (const key of Object.keys(value)) {
    if (except.includes(key)) continue
    let item: unknown
    try {
      item = plain((value as Record<string, unknown>)[key], extent)
    } catch (error) {
      item = `[Threw ${describeValue(error)}]`
    }
    // Not by assignment: a property called "__proto__" must not become the prototype.
    Object.defineProperty(copied, key, { value: item, enumerable: true, configurable: true, writable: true })
  }
  return copied
}

function text(read: () => unknown): string {
  try {
    return String(read())
  } catch {
    return ""
  }
}
