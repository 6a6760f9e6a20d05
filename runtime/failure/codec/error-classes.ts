import { describeValue } from "./as-error.ts"

/** A class of errors. Its constructor is never called to restore one: nobody knows which arguments it wants. */
export type ErrorClass = { readonly name: string; readonly prototype: Error }

const builtIn: readonly ErrorClass[] = [
  Error,
  TypeError,
  RangeError,
  SyntaxError,
  ReferenceError,
  EvalError,
  URIError,
  AggregateError,
  DOMException,
]

// On the global object, so that two copies of this module in one program (sources beside a build, two loaders) agree.
const shared = globalThis as { [key: symbol]: Map<string, ErrorClass> | undefined }
const key = Symbol.for("tasktor.errorClasses")
const classes = (shared[key] ??= new Map(builtIn.map((builtInClass) => [builtInClass.name, builtInClass])))

/**
 * Lets errors of this class come back from threads, processes and other machines as real instances of it, found by the
 * class's name; others come back as instances of the nearest ancestor that is known, under their own class's name. The
 * constructor is not called: own properties are restored, `#private` ones are not.
 *
 * @throws TypeError when it is no class of errors.
 * @example
 * class QuotaError extends Error { constructor(readonly limit: number) { super(`more than ${limit}`) } }
 * registerErrorClass(QuotaError)
 */
export function registerErrorClass(errorClass: ErrorClass): void {
  const given: unknown = errorClass
  if (typeof given !== "function" || !(given.prototype instanceof Error)) {
    throw new TypeError(`Cannot register an error class: ${describeValue(given)} does not extend Error`)
  }
  if (errorClass.name === "") {
    throw new TypeError("Cannot register an error class: it has no name; errors are found by the name of their class")
  }
  classes.set(errorClass.name, errorClass)
}

export function errorClassNamed(name: string): ErrorClass | undefined {
  return classes.get(name)
}
