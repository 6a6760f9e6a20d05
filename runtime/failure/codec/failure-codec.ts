import type { Outcome, TaskFailure } from "../../../machines/task/outcome.ts"
import type { TaskSnapshot } from "../../../machines/task/snapshot.ts"
import { decodeError } from "./decode-error.ts"
import { encodeError } from "./encode-error.ts"
import type { EncodedError } from "./encoded-error.ts"

/** A failure as plain data. */
export type EncodedFailure =
  | Exclude<TaskFailure, { readonly error: Error }>
  | { readonly type: Extract<TaskFailure, { readonly error: Error }>["type"]; readonly error: EncodedError }

/** An outcome as plain data, but for the output, which is whatever the body gave. */
export type EncodedOutcome =
  | Exclude<Outcome<unknown>, { readonly status: "failed" }>
  | { readonly status: "failed"; readonly failure: EncodedFailure; readonly attempts: readonly EncodedFailure[] }

/** A snapshot as plain data, but for the output. */
export type EncodedSnapshot = Omit<TaskSnapshot, "failures" | "outcome"> & {
  readonly failures: readonly EncodedFailure[]
  readonly outcome: EncodedOutcome | undefined
}

export function encodeFailure(failure: TaskFailure): EncodedFailure {
  return "error" in failure ? { type: failure.type, error: encodeError(failure.error) } : failure
}

export function decodeFailure(failure: EncodedFailure): TaskFailure {
  return "error" in failure ? { type: failure.type, error: decodeError(failure.error) } : failure
}

export function encodeOutcome(outcome: Outcome<unknown>): EncodedOutcome {
  if (outcome.status !== "failed") return outcome
  return { ...outcome, failure: encodeFailure(outcome.failure), attempts: outcome.attempts.map(encodeFailure) }
}

export function decodeOutcome(outcome: EncodedOutcome): Outcome<unknown> {
  if (outcome.status !== "failed") return outcome
  return { ...outcome, failure: decodeFailure(outcome.failure), attempts: outcome.attempts.map(decodeFailure) }
}

export function encodeSnapshot(snapshot: TaskSnapshot): EncodedSnapshot {
  const { failures, outcome } = snapshot
  const encoded = outcome === undefined ? undefined : encodeOutcome(outcome)
  return { ...snapshot, failures: failures.map(encodeFailure), outcome: encoded }
}

export function decodeSnapshot(snapshot: EncodedSnapshot): TaskSnapshot {
  const { failures, outcome } = snapshot
  const decoded = outcome === undefined ? undefined : decodeOutcome(outcome)
  return { ...snapshot, failures: failures.map(decodeFailure), outcome: decoded }
}
