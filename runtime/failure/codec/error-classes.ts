import { show } from "../show.ts"
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

interface Classes {
  readonly byName: Map<string, ErrorClass>
  /** What a class is called on its way, by its prototype, which errors lead to. */
  readonly names: WeakMap<object, string>
}

// On the global object, so that two copies of this module in one program (sources beside a build, two loaders) agree.
const shared = globalThis as { [key: symbol]: Classes | undefined }
const classes = (shared[Symbol.for("tasktor.errorClasses")] ??= {
  byName: new Map(builtIn.map((builtInClass) => [builtInClass.name, builtInClass])),
  names: new WeakMap(),
})

/**
 * Lets errors of this class come back from threads, child processes and web workers as real instances of it; others come back as
 * instances of the nearest ancestor that is known, under their own class's name. The constructor is not called: own properties
 * are restored, `#private` ones are not.
 *
 * @param name What the class is called on its way, the same on both sides. Default: the class's own name. Minifiers change that in
 * each bundle in their own way, so code that is minified gives one.
 * @throws TypeError when it is no class of errors, or has no name.
 * @example
 * class QuotaError extends Error { constructor(readonly limit: number) { super(`more than ${limit}`) } }
 * registerErrorClass(QuotaError, "QuotaError")
 */
export function registerErrorClass(errorClass: ErrorClass, name?: string): void {
  const given: unknown = errorClass
  if (typeof given !== "function" || !(given.prototype instanceof Error)) {
    throw new TypeError(`Cannot register an error class: ${describeValue(given)} does not extend Error`)
  }
  const known: unknown = name ?? errorClass.name
  if (typeof known !== "string" || known === "") {
    throw new TypeError(
      `Cannot register an error class: its name must be a text that is not empty, current value is ${show(known)}; errors are found by it`,
    )
  }
  classes.byName.set(known, errorClass)
  classes.names.set(errorClass.prototype, known)
}

export function errorClassNamed(name: string): ErrorClass | undefined {
  return classes.byName.get(name)
}

/** What the class with this prototype is called on its way: as it was registered, or by its own name. */
export function classNameOf(prototype: object): string | undefined {
  const registered = classes.names.get(prototype)
  if (registered !== undefined) return registered
  const own = Object.getOwnPropertyDescriptor(prototype, "constructor")?.value as { name?: unknown } | undefined
  return typeof own?.name === "string" && own.name !== "" ? own.name : undefined
}
