import type { CancelReason } from "../../machines/task/outcome.ts"
import type { TaskKey } from "../../machines/task/snapshot.ts"
import type { Timer } from "../clock/timers.ts"
import type { AnyTaskDefinition } from "../definition/definition.ts"
import type { LeftSteps } from "../journal/left-steps.ts"
import type { AbortCause, Attempt } from "../ports/executor.ts"
import type { Lifecycle } from "../supervisor/lifecycle.ts"
import { rankOf } from "../supervisor/line.ts"
import { AttemptLink } from "./attempt-link.ts"
import type { AttemptRun } from "./attempt-run.ts"
import type { Task } from "./task.ts"

/**
 * How far an attempt is.
 *
 * - `offered`: its executor has it in hand; the body has not begun, and may never begin.
 * - `running`: the body has begun.
 * - `through`: the body has ended; its children may not have.
 * - `checking`: a schema looks at its output.
 * - `ended`: nothing of it goes on.
 */
export type AttemptStage = "offered" | "running" | "through" | "checking" | "ended"

/** What an attempt has of the limits that it passed: nothing while it waits for a child, and at its end. */
export type SlotHold = "reserved" | "busy" | "none"

/** One execution of a task's body: what its executor has in hand, and what the runtime knows of it. */
export class RunningAttempt implements Attempt {
  readonly task: Task
  readonly number: number
  stage: AttemptStage = "offered"
  slot: SlotHold = "reserved"
  run: AttemptRun | undefined = undefined
  abortCause: AbortCause | undefined = undefined
  /** Why it is to be cancelled, asked for while its executor takes it back. */
  cancelWanted: CancelReason | undefined = undefined
  /** How a forced end came about. */
  stoppedHow: "terminated" | "abandoned" | undefined = undefined
  retry: { readonly afterMs: number | undefined } | undefined = undefined
  /** The input has been moved into a worker: there is nothing left to run again. */
  inputGone = false
  /** The kill that follows an abort. */
  killTimer: Timer | undefined = undefined
  timeouts: Timer[] | undefined = undefined
  /** It waits for its slot, and need not when it is aborted. */
  endReturning: (() => void) | undefined = undefined
  /** While it waits for its slot. */
  returning: Promise<void> | undefined = undefined
  readonly #lifecycle: Lifecycle
  #link: AttemptLink | undefined = undefined
  #onAbort: ((cause: AbortCause) => void) | undefined = undefined
  #bodyListeners: (() => void)[] | undefined = undefined

  constructor(task: Task, lifecycle: Lifecycle) {
    this.task = task
    this.#lifecycle = lifecycle
    this.number = task.attempts + 1
  }

  // ------------------------------------------------------------------------------------------- what the executor is told

  get id(): string {
    return this.task.id
  }

  get key(): TaskKey {
    return this.task.key
  }

  get attempt(): number {
    return this.number
  }

  get scheduledFor(): number | undefined {
    // What a pipeline or a body runs is for the slot that the whole is for.
    for (let task: Task | undefined = this.task; task !== undefined; task = task.parent) {
      if (task.origin?.slot !== undefined) return task.origin.slot
    }
    return undefined
  }

  get definition(): AnyTaskDefinition {
    return this.task.definition
  }

  get args(): readonly unknown[] {
    return this.task.args
  }

  get rank(): number {
    return rankOf(this.task)
  }

  get link(): AttemptLink {
    this.#link ??= new AttemptLink(this, this.#lifecycle)
    return this.#link
  }

  onAbort(listener: ((cause: AbortCause) => void) | (() => void)): void {
    // An executor that carries the abort elsewhere listens first; a body that runs right here listens by itself.
    if (this.#onAbort === undefined) this.#onAbort = listener
    else (this.#bodyListeners ??= []).push(listener as () => void)
    if (this.abortCause !== undefined) listener(this.abortCause)
  }

  timer(ms: number, callback: () => void): () => void {
    return this.#lifecycle.timer(ms, callback)
  }

  /** There is a store, which is to know a pipeline's steps again. */
  get isKept(): boolean {
    return this.#lifecycle.isKept
  }

  /** Of a pipeline: what another program has left of its steps. */
  get leftSteps(): LeftSteps | undefined {
    return this.#lifecycle.stepsOf(this.task)
  }

  // ---------------------------------------------------------------------------------------------- what the executor tells

  started(): void {
    if (this.stage !== "offered") return
    this.stage = "running"
    this.#lifecycle.started(this)
  }

  retryRequested(afterMs: number | undefined): void {
    this.retry = { afterMs }
  }

  inputMoved(): void {
    this.inputGone = true
  }

  // ------------------------------------------------------------------------------------------------ what the runtime does

  /** Asks for the end. The first cause wins. */
  abort(cause: AbortCause): void {
    if (this.abortCause !== undefined) return
    this.abortCause = cause
    this.#link?.refuseAsks()
    this.endReturning?.()
    this.#onAbort?.(cause)
    if (this.#bodyListeners !== undefined) for (const listener of this.#bodyListeners) listener()
  }

  /** Forces the end. */
  interrupt(): void {
    this.run?.interrupt()
  }

  /** Whoever only waits for its children needs no slot. */
  giveUpSlot(): void {
    this.#lifecycle.slots.giveUp(this)
  }

  /** Those that are alive now, each with this reason. */
  cancelChildren(reason: CancelReason): void {
    this.#lifecycle.cancellation.cancelChildren(this.task, reason)
  }

  leaveJoined(): void {
    this.#link?.leaveJoined()
  }

  /** In another turn of the event loop. */
  defer(callback: () => void): void {
    this.#lifecycle.clock.defer(callback)
  }

  /** The body, if it ever began, has ended: what it said last is told. */
  bodyEnded(): void {
    if (this.stage === "running") this.stage = "through"
    this.flush()
    this.#link?.refuseAsks()
  }

  /** Tells what has been said and not been told. */
  flush(): void {
    this.#link?.flush()
  }

  /** Nobody listens any more. */
  close(): void {
    this.stage = "ended"
    this.#link?.close()
    const { timers } = this.#lifecycle
    timers.end(this.killTimer)
    if (this.timeouts !== undefined) for (const timer of this.timeouts) timers.end(timer)
  }
}
