import * as Exit from "effect/Exit"
import type { TaskFailure } from "../../../machines/task/outcome.ts"
import { effectServices } from "../../../runtime/clock/effect-clock.ts"
import { type BodyEnd, type EffectRunner, startBody } from "../../../runtime/context/run-body.ts"
import { runEffect } from "../../../runtime/context/run-effect.ts"
import { asError } from "../../../runtime/failure/codec/as-error.ts"
import type { Attempt, Executor } from "../../../runtime/ports/executor.ts"
import { attemptEffect, type BeginAttempt } from "../../../runtime/task/attempt-run.ts"

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
    execute: (attempt) => attemptEffect((end) => run(attempt, end, runner)),
    close: () => Promise.resolve(),
  }
}

type End = Parameters<BeginAttempt>[0]

function run(attempt: Attempt, done: End, runner: EffectRunner): void {
  attempt.started()
  const { definition, link, args } = attempt
  startBody(definition.body, attempt, link, args, (end) => done(exitOf(attempt, end)), runner)
}

function exitOf(attempt: Attempt, end: BodyEnd): Exit.Exit<unknown, TaskFailure> {
  if (end.type === "returned") return Exit.succeed(end.value)
  if (end.retry !== undefined) attempt.retryRequested(end.retry.afterMs)
  return Exit.fail({ type: "error", error: asError(end.error) })
}
