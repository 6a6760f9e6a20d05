import * as Cause from "effect/Cause"
import type * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import type { TaskFailure } from "../../machines/task/outcome.ts"
import { asError } from "../failure/codec/as-error.ts"
import type { Validated } from "../definition/validate.ts"
import type { RunningAttempt } from "../task/attempt.ts"
import { instantMs } from "../definition/duration.ts"
import type { Task } from "../task/task.ts"

/** What an executor's exit says by itself. Undefined: it was interrupted. */
export function failureOf(exit: Exit.Failure<unknown, TaskFailure>): TaskFailure | undefined {
  const failure = Cause.findErrorOption(exit.cause)
  if (Option.isSome(failure)) return failure.value
  if (Cause.hasInterruptsOnly(exit.cause)) return undefined
  return { type: "error", error: asError(Cause.squash(exit.cause)) }
}

/** The end of an attempt that nobody cancelled: its first cause wins over what the body made of it. */
export function verdictOf(attempt: RunningAttempt, end: Validated | undefined): Validated {
  const { plan } = attempt.task
  switch (attempt.abortCause) {
    case "hard-timeout":
      return timedOut("hard", plan.hardMs ?? 0)
    case "deadline":
      return { failure: deadlineFailure(attempt.task) }
    case "soft-timeout":
      // A body that returns something in spite of its abort has a partial result to give.
      return end !== undefined && "output" in end ? end : timedOut("soft", plan.softMs ?? 0)
    case "cancel":
    case undefined:
      return end ?? { failure: { type: "crash" } }
  }
}

/** The failure of a task that is not settled by its deadline. */
export function deadlineFailure({ plan, submittedAt }: Task): TaskFailure {
  const instant = plan.deadline === undefined ? submittedAt : instantMs(plan.deadline, submittedAt, '"deadline"')
  return { type: "timeout", limit: "deadline", afterMs: Math.max(0, instant - submittedAt) }
}

function timedOut(limit: "soft" | "hard", afterMs: number): Validated {
  return { failure: { type: "timeout", limit, afterMs } }
}
