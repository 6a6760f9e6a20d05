/** A command that cannot be carried out as it was given: told in one line, without a stack; exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError"
}

/** What `cause` says in one line. */
export function oneLine(cause: unknown): string {
  const text = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)
  return text.replaceAll(/\s*\n\s*/g, " ").trim()
}

/** Misuse is thrown at the call: for the command line it is an error of use. */
export function orUsage<Value>(run: () => Value): Value {
  try {
    return run()
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : oneLine(error), { cause: error })
  }
}

/** What is wrong with a store, by its shape: the module may have a copy of tasktor of its own. */
export function isStoreError(error: unknown): error is Error & { readonly problem: string } {
  return (
    error instanceof Error && error.name === "StoreError" && "problem" in error && typeof error.problem === "string"
  )
}
