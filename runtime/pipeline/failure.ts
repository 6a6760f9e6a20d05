import type { Outcome, TaskFailure } from "../../machines/task/outcome.ts"
import { asError } from "../failure/codec/as-error.ts"
import { TaskCancelledError, TaskFailedError } from "../failure/errors.ts"
import type { Task } from "../task/task.ts"

/** The end of a task that did not complete. */
export type BadEnd = Exclude<Outcome<unknown>, { readonly status: "completed" }>

/** Why such a task makes its pipeline fail. */
export function failureOf(child: Task | undefined, end: BadEnd): TaskFailure {
  if (end.status === "failed") {
    // Said of the pipeline itself, it would mean that the next attempt goes on with the steps of this one.
    if (end.failure.type !== "lost") return end.failure
    return { type: "error", error: new TaskFailedError(child?.id ?? "of another program", end.failure) }
  }
  return { type: "error", error: new TaskCancelledError(child?.id ?? "", end.reason) }
}

export function verbOf({ status }: BadEnd): "failed" | "was cancelled" {
  return status === "failed" ? "failed" : "was cancelled"
}

/** What could not even be submitted. */
export function setupFailure(thrown: unknown): TaskFailure {
  return { type: "setup", error: asError(thrown) }
}
