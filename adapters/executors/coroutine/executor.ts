import * as Effect from "effect/Effect"
import type { TaskFailure } from "../../../machines/task/outcome.ts"
import { effectServices } from "../../../runtime/clock/effect-clock.ts"
import { type BodyEnd, type EffectRunner, startBody } from "../../../runtime/context/run-body.ts"
import { runEffect } from "../../../runtime/context/run-effect.ts"
import { asError } from "../../../runtime/failure/codec/as-error.ts"
import type { Attempt, Executor } from "../../../runtime/ports/executor.ts"

/**
 * Runs bodies in the event loop of the program itself: for work that waits. It cannot kill: a body that ignores its abort beyond
 * the grace period is cut off, and goes on unheard.
 */
export function coroutineExecutor(): Executor {
  let runner: EffectRunner = runEffect
  return {
    name: "coroutine",
    defaultConcurrency: Number.POSITIVE_INFINITY,
    force: "abandons",
    open: ({ clock }) => {
      const services = effectServices(clock)
      runner = (effect, onAbort) => runEffect(effect, onAbort, services)
    },
    execute: (attempt) => Effect.callback((resume) => run(attempt, resume, runner)),
    close: () => Promise.resolve(),
  }
}

type Resume = (end: Effect.Effect<unknown, TaskFailure>) => void

function run(attempt: Attempt, resume: Resume, runner: EffectRunner): void {
  attempt.started()
  const { definition, link, args } = attempt
  startBody(definition.body, attempt, link, args, (end) => resume(exitOf(attempt, end)), runner)
}

function exitOf(attempt: Attempt, end: BodyEnd): Effect.Effect<unknown, TaskFailure> {
  if (end.type === "returned") return Effect.succeed(end.value)
  if (end.retry !== undefined) attempt.retryRequested(end.retry.afterMs)
  return Effect.fail({ type: "error", error: asError(end.error) })
}
