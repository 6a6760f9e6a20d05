import type { TaskFailure } from "../../../machines/task/outcome.ts"
import { asError } from "../../../runtime/failure/codec/as-error.ts"
import type { ExecutorHost } from "../../../runtime/ports/executor.ts"
import type { Crew } from "./crew.ts"
import type { PoolWorker } from "./pool-worker.ts"
import type { PooledAttempt } from "./pooled-attempt.ts"
import type { WorkerExit } from "./transport.ts"

/** Workers that may be lost before a body begins in them: who has cost so many is at fault itself. */
const mostLost = 2

/** Where bodies of the same definition have run, what earlier ones have left behind is more likely to end a worker than the module is. */
const mostLostWhenProven = 5

/** Ends a worker that does not get ready, or has not begun what it was given: others get it. */
export function giveUp(worker: PoolWorker, crew: Crew, host: ExecutorHost): void {
  if (worker.state === "starting") return crew.giveUpStart(worker)
  const next = worker.passing ?? worker.oldest
  if (next === undefined) return
  const { taskName, module } = next.attempt.definition
  host.warn(
    `A worker has not begun task ${next.attempt.id} (${taskName}) within its startTimeout, and is ended: something in it keeps its thread, or the module does not come to the end of its import`,
  )
  if (next !== worker.passing && ++next.lostWorkers >= mostLost) {
    fail(
      worker,
      next,
      cannotBegin(next, `the import of its module ${module} does not end, or keeps the worker's thread`),
    )
  }
  worker.terminate()
}

/**
 * A worker dies that nobody has asked to, by its exit or by an error that nobody caught in it. Where it was about to begin an attempt, its
 * module or its arguments may have ended it: others get it, but not any number of them.
 */
export function diedBefore(worker: PoolWorker, exit: WorkerExit): void {
  const { running, passing, oldest, lastWords = exit.error } = worker
  if (running !== undefined || passing !== undefined || oldest === undefined) return
  if (++oldest.lostWorkers < (oldest.pace.isProven ? mostLostWhenProven : mostLost)) return
  const isKilled = exit.signal !== undefined || exit.outOfMemory === true
  fail(worker, oldest, isKilled ? crash(exit) : cannotBegin(oldest, howItDied(oldest, exit, lastWords), lastWords))
}

/** What a worker has sent cannot be read: of the body that it runs, or was about to, with most likelihood. */
export function hasSentUnreadable(worker: PoolWorker, host: ExecutorHost, error: unknown): void {
  host.warn("A worker is ended: what it has sent cannot be read here; a value may be nested too deep", error)
  const culprit = worker.running ?? worker.oldest
  if (culprit !== undefined) fail(worker, culprit, { type: "serialization", side: "output" })
}

function howItDied({ attempt }: PooledAttempt, { exitCode }: WorkerExit, lastWords: unknown): string {
  const how =
    lastWords === undefined
      ? `exits with code ${exitCode ?? "unknown"}`
      : `dies of an error that nobody catches, "${asError(lastWords).message}",`
  const { module } = attempt.definition
  return `its worker ${how} before the body begins; look at the import of its module ${module}, and at its arguments`
}

function cannotBegin({ attempt }: PooledAttempt, why: string, cause?: unknown): TaskFailure {
  const error = new Error(
    `Cannot begin task ${JSON.stringify(attempt.definition.taskName)}: ${why}`,
    cause === undefined ? {} : { cause },
  )
  return { type: "setup", error }
}

function fail(worker: PoolWorker, pooled: PooledAttempt, failure: TaskFailure): void {
  worker.release(pooled)
  if (pooled.state === "withdrawn") pooled.drop()
  else pooled.fail(failure)
}

/** The failure of an attempt whose worker has died under it. */
export function crash({ exitCode, signal, outOfMemory }: WorkerExit): TaskFailure {
  return {
    type: "crash",
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(signal === undefined ? {} : { signal }),
    ...(outOfMemory === undefined ? {} : { outOfMemory }),
  }
}
