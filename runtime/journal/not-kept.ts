import { asError } from "../failure/codec/as-error.ts"
import { StoreError } from "../failure/store-error.ts"

/** Why a task is in no store. */
export function notAccepted(id: string): StoreError {
  return new StoreError("closed", `Cannot keep task ${id}: its supervisor is shutting down; run it in the next one`)
}

/** What a store said when it was to write, whatever it is. */
export function refusalOf(error: unknown, store: string): StoreError {
  if (error instanceof StoreError) return error
  return new StoreError("io", `Cannot write to the store ${store}: ${asError(error).message}`, { cause: error })
}

/** Why the store does not know all of it; `failure` is what the store said the last time. */
export function notWritten(id: string, store: string, failure: StoreError | undefined): StoreError {
  const { problem = "io", message = `the store ${store} refused the last of it` } = failure ?? {}
  return new StoreError(problem, `Cannot keep task ${id}: ${message}`, { cause: failure })
}
