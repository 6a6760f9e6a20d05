import type { TaskFailure } from "../../../machines/task/outcome.ts"
import { asError } from "../../../runtime/failure/codec/as-error.ts"
import type { ExecutorHost } from "../../../runtime/ports/executor.ts"
import { isLater } from "../worker/slot-table.ts"
import type { Crew } from "./crew.ts"
import type { PoolWorker } from "./pool-worker.ts"
import type { PooledAttempt } from "./pooled-attempt.ts"
import type { WorkerExit } from "./transport.ts"

/** Workers that may be lost before a body begins in them: who has cost so many is at fault itself. */
const mostLost = 2

/** Where bodies of the same definition have run, or others in that worker, what they have left behind is more likely to end it than the module is. */
const mostLostWhenProven = 5

/** Ends a worker that does not get ready, has not begun what it was given, or does not end: others get what it has in hand. */
export function giveUp(worker: PoolWorker, crew: Crew, host: ExecutorHost): void {
  if (worker.state === "starting") return crew.giveUpStart(worker)
  if (worker.state === "stopping") {
    host.warn(
      "A worker has not come to its end within its startTimeout, and is ended by force: something in it keeps its thread",
    )
    return worker.terminate()
  }
  const next = worker.passing ?? worker.oldest
  if (next === undefined) return
  const { taskName, module } = next.attempt.definition
  host.warn(
    `A worker has not begun task ${next.attempt.id} (${taskName}) within its startTimeout, and is ended: something in it keeps its thread, or the module does not come to the end of its import`,
  )
  worker.terminate()
  if (next === worker.passing || ++next.lostWorkers < mostLost) return
  const why = `the import of its module ${module} does not end, or keeps the worker's thread`
  fail(worker, next, cannotBegin(next, why))
}

/**
 * A worker dies that nobody has asked to, by its exit or by an error that nobody caught in it. Where it was about to begin an attempt, its
 * module or its arguments may have ended it: others get it, but not any number of them.
 */
export function diedBefore(worker: PoolWorker, exit: WorkerExit): void {
  const { running, passing, oldest, tasks, lastWords = exit.error } = worker
  if (running !== undefined || passing !== undefined || oldest === undefined) return
  const { pace } = oldest
  const most = pace.isProven || tasks > 0 ? mostLostWhenProven : pace.hasCostWorkers ? 1 : mostLost
  if (++oldest.lostWorkers < most) return
  pace.hasCostWorkers = true
  const isKilled = exit.signal !== undefined || exit.outOfMemory === true
  fail(worker, oldest, isKilled ? crash(exit) : cannotBegin(oldest, howItDied(oldest, exit, lastWords), lastWords))
}

/** What a body leaves behind, a timer or a promise nobody awaits, has thrown: the worker ends itself. */
export function hasThrown(worker: PoolWorker, host: ExecutorHost, error: Error): void {
  const { running, state } = worker
  worker.lastWords = error
  // Its exit will be an early death, with these last words.
  if (state === "starting") return
  // First: whoever waits for what is told here may be handed out at once, and not to this one.
  worker.send("stop")
  diedBefore(worker, {})
  if (running !== undefined) fail(worker, running, { type: "error", error })
  else host.warn("A worker ends: something in it threw while it had no task", error)
}

/**
 * A worker could not read what it was sent behind the last attempt that it has heard of, and ends when it is through with what it has begun.
 * Each of those which it has not heard of is suspected, and handed out alone from now on; the one that costs a second worker that way is to
 * blame. Who has moved cannot be handed out again.
 */
export function hasNotRead(worker: PoolWorker, heard: number, host: ExecutorHost, error: Error): void {
  host.warn("A worker is replaced: it cannot read what it was sent; a value may be nested too deep", error)
  worker.isSpent = true
  const unheard = worker.offeredAttempts().filter(({ ticket }) => isLater(ticket, heard))
  for (const pooled of unheard) {
    const isGuilty = ++pooled.lostWorkers >= mostLost && unheard.length === 1
    if (isGuilty || pooled.moved) fail(worker, pooled, { type: "serialization", side: "input" })
  }
}

/**
 * What a worker has sent cannot be read: of the body that it runs, or was about to, with most likelihood. That fails when its worker is
 * gone, and not before: the thread of one that stands in a call to the system goes on for as long as that lasts.
 */
export function hasSentUnreadable(worker: PoolWorker, host: ExecutorHost, error: unknown): void {
  host.warn("A worker is ended: what it has sent cannot be read here; a value may be nested too deep", error)
  const culprit = worker.running ?? worker.oldest
  worker.send("stop")
  if (culprit !== undefined) condemn(worker, culprit)
}

/** What has begun behind it in the worker is looked for as if it had ended; it fails when the worker is gone. */
export function condemn(worker: PoolWorker, culprit: PooledAttempt): void {
  worker.condemned.push(culprit)
  worker.release(culprit)
}

export const unreadableOutput: TaskFailure = { type: "serialization", side: "output" }

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
  // Its end is told when nothing of it runs any more: by the worker's.
  if (pooled.isKilled) return
  worker.release(pooled)
  if (pooled.isUnwanted && pooled.state !== "running") pooled.drop()
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
