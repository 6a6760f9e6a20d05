import { type EncodedError, errorMark } from "./encoded-error.ts"
import { errorClassNamed, type ErrorClass } from "./error-classes.ts"

/** The error that was encoded, as an instance of its class or of the nearest ancestor that is known here. */
export function decodeError(encoded: EncodedError): Error {
  const known = encoded.classes.find((name) => errorClassNamed(name) !== undefined)
  const error = instanceOf(encoded, known === undefined ? undefined : errorClassNamed(known))
  for (const [name, value] of Object.entries(encoded.own)) define(error, name, fromPlain(value), name !== "name")
  if (!Object.hasOwn(encoded.own, "name") && known !== encoded.classes[0]) {
    // Its class is not known here: its name says which one it was.
    define(error, "name", error.name === encoded.name ? (encoded.classes[0] ?? encoded.name) : encoded.name, false)
  }
  if (encoded.cause !== undefined) define(error, "cause", fromPlain(encoded.cause.value), false)
  if (encoded.errors !== undefined) define(error, "errors", encoded.errors.map(fromPlain), false)
  define(error, "stack", encoded.stack ?? `${encoded.name}: ${encoded.message}`, false)
  return error
}

/** The value that `toPlain` stood for, its errors restored. */
function fromPlain(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value
  if (Array.isArray(value)) return value.map(fromPlain)
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [fromPlain(key), fromPlain(item)]))
  if (value instanceof Set) return new Set([...value].map(fromPlain))
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return value
  if (errorMark in value) return decodeError(value[errorMark] as EncodedError)
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fromPlain(item)]))
}

function instanceOf(encoded: EncodedError, errorClass: ErrorClass | undefined): Error {
  // The name and code of a DOMException are kept in slots of the platform's, not in properties.
  if (errorClass === DOMException) return new DOMException(encoded.message, encoded.name)
  const error = new Error(encoded.message)
  // A real error, so that consoles print it as one, under the class's prototype.
  if (errorClass !== undefined && errorClass !== Error) Object.setPrototypeOf(error, errorClass.prototype)
  return error
}

function define(error: Error, name: string, value: unknown, enumerable: boolean): void {
  Object.defineProperty(error, name, { value, enumerable, configurable: true, writable: true })
}
