import * as Effect from "effect/Effect"
import type { TaskFailure } from "../../../machines/task/outcome.ts"
import { type BodyEnd, startBody } from "../../../runtime/context/run-body.ts"
import { runEffect } from "../../../runtime/context/run-effect.ts"
import type { Attempt, Executor } from "../../../runtime/ports/executor.ts"

/**
 * Runs bodies in the event loop of the program itself: for work that waits. It cannot kill: a body that ignores its abort beyond
 * the grace period is cut off, and goes on unheard.
 */
export function coroutineExecutor(): Executor {
  return {
    name: "coroutine",
    defaultConcurrency: Number.POSITIVE_INFINITY,
    force: "abandons",
    open: () => {},
    execute: (attempt) => Effect.callback((resume) => run(attempt, resume)),
    close: () => Promise.resolve(),
  }
}

type Resume = (end: Effect.Effect<unknown, TaskFailure>) => void

function run(attempt: Attempt, resume: Resume): void {
  attempt.started()
  const { definition, link, args } = attempt
  startBody(definition.body, attempt, link, args, (end) => resume(exitOf(attempt, end)), runEffect)
}

function exitOf(attempt: Attempt, end: BodyEnd): Effect.Effect<unknown, TaskFailure> {
  if (end.type === "returned") return Effect.succeed(end.value)
  if (end.retry !== undefined) attempt.retryRequested(end.retry.afterMs)
  return Effect.fail({ type: "error", error: asError(end.error) })
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown), { cause: thrown })
}
