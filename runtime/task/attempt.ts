import type { Exit } from "effect/Exit"
import type { Fiber } from "effect/Fiber"
import type { LogLevel } from "../../machines/task/events.ts"
import type { CancelReason, TaskFailure } from "../../machines/task/outcome.ts"
import type { TaskKey } from "../../machines/task/snapshot.ts"
import type { Timer } from "../clock/timers.ts"
import type { BodyLink, ChildLink, ProgressShare } from "../context/link.ts"
import type { AnyTaskCall, AnyTaskDefinition } from "../definition/definition.ts"
import type { AbortCause, Attempt } from "../ports/executor.ts"
import type { ChildRunOptions, Lifecycle } from "../supervisor/lifecycle.ts"
import { Family } from "./family.ts"
import { ProgressTree } from "./progress-tree.ts"
import type { Task } from "./task.ts"

/** A task's reports reach those who look on at most this often, in milliseconds. */
const reportIntervalMs = 1000 / 30

/**
 * One execution of a task's body: what its executor has in hand, and where everything that the body says arrives. After its end it
 * is deaf.
 */
export class RunningAttempt implements Attempt, BodyLink {
  readonly task: Task
  readonly #lifecycle: Lifecycle
  readonly number: number
  fiber: Fiber<unknown, TaskFailure> | undefined
  /** Until its end, unless it waits for a child. */
  holdsSlot = true
  begun = false
  ended = false
  abortCause: AbortCause | undefined
  /** Why it is to be cancelled, asked for while its executor takes it back. */
  cancelWanted: CancelReason | undefined
  /** How a forced end came about. */
  stoppedHow: "terminated" | "abandoned" | undefined
  retry: { readonly afterMs: number | undefined } | undefined
  /** The input has been moved into a worker: there is nothing left to run again. */
  inputGone = false
  /** The body is through, and a schema looks at its output. */
  isBeingChecked = false
  exit: Exit<unknown, TaskFailure> | undefined
  /** The kill that follows an abort. */
  killTimer: Timer | undefined
  timeouts: Timer[] | undefined
  #onAbort: ((cause: AbortCause) => void) | undefined
  #bodyListeners: (() => void)[] | undefined
  // What the body has reported, and what of it has been told.
  #own = 0
  #message: string | undefined
  #tree: ProgressTree | undefined
  #lastReport = Number.NEGATIVE_INFINITY
  #nextReport: Timer | undefined
  #unheard = false
  #asking: Set<(handled: boolean) => void> | undefined
  #waitingForChildren = 0
  /** It waits for its slot, and need not when it is aborted. */
  endReturning: (() => void) | undefined

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
    return undefined
  }

  get definition(): AnyTaskDefinition {
    return this.task.definition
  }

  get args(): readonly unknown[] {
    return this.task.args
  }

  get link(): BodyLink {
    return this
  }

  onAbort(listener: ((cause: AbortCause) => void) | (() => void)): void {
    // An executor that carries the abort elsewhere listens first; a body that runs right here listens by itself.
    if (this.#onAbort === undefined) this.#onAbort = listener
    else (this.#bodyListeners ??= []).push(listener as () => void)
    if (this.abortCause !== undefined) listener(this.abortCause)
  }

  // ---------------------------------------------------------------------------------------------- what the executor tells

  started(): void {
    if (this.ended || this.begun) return
    this.begun = true
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
    this.refuseAsks()
    this.endReturning?.()
    this.#onAbort?.(cause)
    if (this.#bodyListeners !== undefined) for (const listener of this.#bodyListeners) listener()
  }

  /** Forces the end. */
  interrupt(): void {
    this.fiber?.interruptUnsafe()
  }

  /** Nobody listens any more. */
  close(): void {
    this.ended = true
    this.refuseAsks()
    const { timers } = this.#lifecycle
    timers.end(this.#nextReport)
    timers.end(this.killTimer)
    if (this.timeouts !== undefined) for (const timer of this.timeouts) timers.end(timer)
  }

  /** Whoever waits for an acknowledgement waits in vain. */
  refuseAsks(): void {
    const asking = this.#asking
    this.#asking = undefined
    if (asking !== undefined) for (const answer of asking) answer(false)
  }

  // ---------------------------------------------------------------------------------------------------- what the body says

  isAborted(): boolean {
    return this.abortCause !== undefined
  }

  progress(fraction: number): void {
    this.#own = fraction
    if (this.#nextReport === undefined) this.#report()
  }

  message(text: string): void {
    this.#message = text
    if (this.#nextReport === undefined) this.#report()
  }

  /** A child's share of the progress has grown. */
  childProgress(node: number, growth: number): void {
    this.#tree?.grow(node, growth)
    if (this.#nextReport === undefined) this.#report()
  }

  event(name: string, data: unknown): void {
    if (!this.#live()) return
    this.#catchUp()
    this.#lifecycle.send(this.task, { type: "emit", name, data })
  }

  eventAndWait(name: string, data: unknown, timeoutMs: number): Promise<boolean> {
    if (!this.#live() || this.abortCause === "cancel") {
      this.event(name, data)
      return Promise.resolve(false)
    }
    this.#catchUp()
    return new Promise((resolve) => {
      const answer = (yes: boolean): void => {
        this.#lifecycle.timers.end(timer)
        this.#asking?.delete(answer)
        resolve(yes)
      }
      const timer = this.#lifecycle.timers.after(timeoutMs, () => answer(false))
      this.#asking ??= new Set()
      this.#asking.add(answer)
      const delivered = (handled: Promise<boolean> | undefined): void => {
        if (handled === undefined) answer(false)
        else void handled.then(answer)
      }
      this.#lifecycle.send(this.task, { type: "emit", name, data, delivered })
    })
  }

  log(level: LogLevel, data: readonly unknown[]): void {
    if (!this.#live()) return
    this.#catchUp()
    this.#lifecycle.send(this.task, { type: "log", level, data })
  }

  flush(): void {
    if (this.#nextReport === undefined) return
    this.#lifecycle.timers.end(this.#nextReport)
    this.#nextReport = undefined
    this.#publish(this.#lifecycle.clock.monotonic(), true)
  }

  /** What a listener to an event reads of the task is not older than the event; those who follow the task wait for their turn. */
  #catchUp(): void {
    if (this.#nextReport !== undefined) this.#publish(this.#lastReport, false)
  }

  run(call: AnyTaskCall, options: ChildRunOptions, share: ProgressShare): ChildLink {
    if (this.ended) {
      throw new Error(
        `Cannot run a child task: its parent ${this.id} has ended; wait for the children before the body returns`,
      )
    }
    const child = this.#lifecycle.runChild(this, call, options)
    this.#tree ??= new ProgressTree()
    this.#tree.add(share)
    let told = 0
    const follow = (progress: number): void => {
      if (progress <= told) return
      this.childProgress(share.node, (progress - told) * share.weight)
      told = progress
    }
    child.family ??= new Family()
    child.family.followers.push(follow)
    follow(child.settled ? 1 : child.snapshot.progress)
    return {
      id: child.id,
      outcome: () => this.#whileWaiting(child),
      cancel: (reason) => child.cancel(reason),
      on: (name, listener) => child.on(name, listener),
    }
  }

  timer(ms: number, callback: () => void): () => void {
    const timer = this.#lifecycle.timers.after(ms, callback)
    return () => this.#lifecycle.timers.end(timer)
  }

  /** While it waits for a child, a body has no need of its slot. */
  async #whileWaiting(child: Task): ReturnType<ChildLink["outcome"]> {
    if (child.settled) return child.outcome()
    if (this.#waitingForChildren++ === 0) this.#lifecycle.slots.lend(this)
    const outcome = await child.outcome()
    if (--this.#waitingForChildren === 0) await this.#lifecycle.slots.reclaim(this)
    return outcome
  }

  #live(): boolean {
    return this.begun && !this.ended
  }

  /** The first report at once, the next ones when they are due, the last one always. */
  #report(): void {
    if (!this.#live()) return
    const { clock, timers } = this.#lifecycle
    const now = clock.monotonic()
    const due = this.#lastReport + reportIntervalMs
    if (now >= due) return this.#publish(now, true)
    this.#nextReport = timers.after(due - now, () => {
      this.#nextReport = undefined
      this.#publish(clock.monotonic(), true)
    })
  }

  /** `heard`: those who follow the task are told, also of what they were not told before. */
  #publish(now: number, heard: boolean): void {
    this.#lastReport = now
    const { snapshot } = this.task
    const progress = this.#tree === undefined ? this.#own : this.#tree.over(this.#own)
    const message = this.#message === snapshot.message ? undefined : this.#message
    if (progress > snapshot.progress || message !== undefined) {
      this.#unheard = !heard
      this.#lifecycle.send(this.task, { type: "report", progress, message, quiet: !heard })
    } else if (heard && this.#unheard) {
      this.#unheard = false
      this.#lifecycle.remind(this.task)
    }
  }
}
