import { type Exit, fail, interrupt, succeed } from "effect/Exit"
import type { TaskFailure } from "../../../machines/task/outcome.ts"
import type { Attempt } from "../../../runtime/ports/executor.ts"
import { unknownMs } from "../worker/mean-time.ts"
import type { DefinitionPace } from "./pace.ts"
import type { PoolWorker } from "./pool-worker.ts"

/** A worker says at once whether it gives an attempt back, or at the end of its turn of the event loop. */
const patienceMs = 1000

/**
 * Where an attempt is on its way through the pool.
 *
 * - `waiting`: no worker has it.
 * - `offered`: a worker has it; its body has not begun, as far as the pool knows.
 * - `recalled`: being taken back to be given to another worker.
 * - `withdrawn`: being taken back because it was cancelled.
 * - `running`: its body has begun.
 * - `ended`: its outcome has been told.
 */
export type PooledState = "waiting" | "offered" | "recalled" | "withdrawn" | "running" | "ended"

/** An attempt while the pool has it in hand. */
export class PooledAttempt {
  readonly attempt: Attempt
  readonly pace: DefinitionPace
  /** What moves into the worker with its arguments. */
  readonly transfers: readonly Transferable[] | undefined
  /** Higher ones begin first. */
  readonly rank: number
  /** The order in which attempts came. */
  readonly serial: number
  state: PooledState = "waiting"
  worker: PoolWorker | undefined
  slot = -1
  ticket = 0
  /** What is expected of it, in milliseconds, since it was offered. */
  expectedMs = 0
  /** The last progress that was told. */
  progress = 0
  /** Its arguments are in the worker, and nowhere else. */
  moved = false
  /** Its body has been told to end. */
  isAborted = false
  /** How often the pool has looked at it since, and found it going on. */
  deafLooks = 0
  /** Workers that were about to begin it, and have not come to that: they stood still, or died. */
  lostWorkers = 0
  readonly #tellEnd: (exit: Exit<unknown, TaskFailure>) => void
  #whenGone: (() => void) | undefined
  #overdue: ReturnType<typeof setTimeout> | undefined

  constructor(
    serial: number,
    attempt: Attempt,
    pace: DefinitionPace,
    transfers: readonly Transferable[] | undefined,
    end: (exit: Exit<unknown, TaskFailure>) => void,
  ) {
    this.serial = serial
    this.attempt = attempt
    this.rank = attempt.rank
    this.pace = pace
    this.transfers = transfers
    this.#tellEnd = end
  }

  /** Its end by force has been asked for: nothing is told but that it is gone. */
  get isKilled(): boolean {
    return this.#whenGone !== undefined
  }

  /** Nobody wants it to begin, or to begin again: it may have been claimed since, and the answer be lost with its worker. */
  get isUnwanted(): boolean {
    return this.state === "withdrawn" || this.isKilled || this.isAborted
  }

  /** It takes longer than others of its definition: nothing is to wait behind it. */
  becomeSlow(): void {
    this.expectedMs = unknownMs
  }

  succeed(value: unknown): void {
    this.#end(succeed(value))
  }

  fail(failure: TaskFailure): void {
    this.#end(fail(failure))
  }

  /** It never began. */
  drop(): void {
    this.#end(interrupt())
  }

  /** Its end by force: `whenGone` is called when the body has really stopped. */
  kill(whenGone: () => void): void {
    this.#whenGone = whenGone
  }

  /** Calls back when its worker has not said for too long whether it gives it back. */
  whenOverdue(callback: () => void): void {
    if (this.state !== "withdrawn" || this.#overdue !== undefined) return
    const look = (): void => {
      if (this.state === "withdrawn") callback()
    }
    // Where this program itself has been held up, the answer has come, and is read first.
    this.#overdue = setTimeout(() => (this.#overdue = setTimeout(look)), patienceMs)
  }

  #end(exit: Exit<unknown, TaskFailure>): void {
    if (this.state === "ended") return
    this.state = "ended"
    clearTimeout(this.#overdue)
    if (this.#whenGone === undefined) this.#tellEnd(exit)
    else this.#whenGone()
  }
}
