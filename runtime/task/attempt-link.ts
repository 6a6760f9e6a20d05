import type { LogLevel } from "../../machines/task/events.ts"
import type { Timer } from "../clock/timers.ts"
import { parentHasEnded } from "../context/child-handle.ts"
import type { BodyLink, ChildBirth, ChildLink, ProgressShare } from "../context/link.ts"
import type { AnyTaskCall } from "../definition/definition.ts"
import type { Lifecycle } from "../supervisor/lifecycle.ts"
import type { RunningAttempt } from "./attempt.ts"
import { ChildWaits } from "./child-waits.ts"
import { Family } from "./family.ts"
import { ProgressTree } from "./progress-tree.ts"
import type { RunOptions } from "./run-options.ts"
import type { Task } from "./task.ts"

/** A task's reports reach those who look on at most this often, in milliseconds. */
const reportIntervalMs = 1000 / 30

/** Where everything that a body says arrives: on its way to the task's machine, and no longer when the attempt has ended. */
export class AttemptLink implements BodyLink {
  readonly #attempt: RunningAttempt
  readonly #lifecycle: Lifecycle
  // What the body has reported, and what of it has been told.
  #own = 0
  #message: string | undefined = undefined
  #tree: ProgressTree | undefined = undefined
  #lastReport = Number.NEGATIVE_INFINITY
  #nextReport: Timer | undefined = undefined
  #unheard = false
  #asking: Set<(handled: boolean) => void> | undefined = undefined
  #childWaits: ChildWaits | undefined = undefined
  /** Of living tasks that are another's and were joined: each ends something that goes on for this attempt. */
  #joined: Set<() => void> | undefined = undefined

  constructor(attempt: RunningAttempt, lifecycle: Lifecycle) {
    this.#attempt = attempt
    this.#lifecycle = lifecycle
  }

  isAborted(): boolean {
    return this.#attempt.abortCause !== undefined
  }

  onAbort(listener: () => void): void {
    this.#attempt.onAbort(listener)
  }

  // --------------------------------------------------------------------------------------------------- progress and message

  progress(fraction: number): void {
    this.#own = fraction
    if (this.#nextReport === undefined) this.#report()
  }

  message(text: string): void {
    this.#message = text
    if (this.#nextReport === undefined) this.#report()
  }

  flush(): void {
    if (this.#nextReport === undefined) return
    this.#lifecycle.timers.end(this.#nextReport)
    this.#nextReport = undefined
    this.#publish(this.#lifecycle.clock.monotonic(), true)
  }

  // ----------------------------------------------------------------------------------------------------- events and log lines

  event(name: string, data: unknown): void {
    if (!this.#isLive) return
    this.#catchUp()
    this.#lifecycle.send(this.#attempt.task, { type: "emit", name, data })
  }

  eventAndWait(name: string, data: unknown, timeoutMs: number): Promise<boolean> {
    if (!this.#isLive || this.#attempt.abortCause === "cancel") {
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
      this.#lifecycle.send(this.#attempt.task, { type: "emit", name, data, delivered })
    })
  }

  log(level: LogLevel, data: readonly unknown[]): void {
    if (!this.#isLive) return
    this.#catchUp()
    this.#lifecycle.send(this.#attempt.task, { type: "log", level, data })
  }

  /** Whoever waits for an acknowledgement waits in vain. */
  refuseAsks(): void {
    const asking = this.#asking
    this.#asking = undefined
    if (asking !== undefined) for (const answer of asking) answer(false)
  }

  // ------------------------------------------------------------------------------------------------------------- child tasks

  run(call: AnyTaskCall, options: RunOptions, share: ProgressShare, birth?: ChildBirth): ChildLink {
    // A body that was cut off does not know that it has ended.
    if (this.#attempt.stage === "ended") throw parentHasEnded(call, this.#attempt.id)
    const child = this.#lifecycle.runChild(this.#attempt, call, options, birth)
    const { whenEvent } = options
    if (whenEvent !== undefined && child.parent !== this.#attempt.task) {
      this.#untilClosed(child, child.alsoTell({ whenEvent }))
    }
    const waits = (this.#childWaits ??= new ChildWaits(this.#attempt, this.#lifecycle))
    const follow = this.#follow(child, share)
    follow(child.settled ? 1 : child.snapshot.progress)
    return {
      id: child.id,
      outcome: (timeoutMs) => waits.outcomeOf(child, timeoutMs),
      cancel: (reason) => child.cancel(reason),
      on: (name, listener) => this.#untilClosed(child, child.on(name, listener)),
    }
  }

  /** A child for those who watch it as a task. One that is skipped is there, and cancelled at once. */
  start(call: AnyTaskCall, share: ProgressShare, birth?: ChildBirth): Task {
    const child = this.#lifecycle.runChild(this.#attempt, call, undefined, birth)
    const follow = this.#follow(child, share)
    if (child.settled) follow(1)
    return child
  }

  /** A child of which only its outcome is left. */
  countSettled(share: ProgressShare): void {
    this.#tree ??= new ProgressTree()
    this.#tree.add(share)
    this.#childProgress(share.node, share.weight)
  }

  #follow(child: Task, share: ProgressShare): (progress: number) => void {
    this.#tree ??= new ProgressTree()
    this.#tree.add(share)
    let told = 0
    const follow = (progress: number): void => {
      if (progress <= told) return
      this.#childProgress(share.node, (progress - told) * share.weight)
      told = progress
    }
    child.family ??= new Family()
    const { family } = child
    family.addFollower(follow)
    this.#untilClosed(child, () => family.removeFollower(follow))
    return follow
  }

  /** Of one that others have started as well, and which may live on for long. Returns what ends it before. */
  #untilClosed(child: Task, end: () => void): () => void {
    if (child.parent === this.#attempt.task || child.settled) return end
    const joined = (this.#joined ??= new Set())
    const leave = (): void => {
      joined.delete(leave)
      unwatch()
      end()
    }
    const unwatch = child.whenSettledOrLeft(() => joined.delete(leave))
    joined.add(leave)
    return leave
  }

  /** A child's share of the progress has grown. */
  #childProgress(node: number, growth: number): void {
    this.#tree?.grow(node, growth)
    if (this.#nextReport === undefined) this.#report()
  }

  // ------------------------------------------------------------------------------------------------------------------ the end

  /** The body is cancelled: it waits no longer for what others have started. */
  leaveJoined(): void {
    this.#childWaits?.leaveJoined()
  }

  /** Nothing that the body says from now on has an effect. */
  close(): void {
    this.#lifecycle.timers.end(this.#nextReport)
    this.refuseAsks()
    if (this.#joined !== undefined) for (const leave of this.#joined) leave()
  }

  get #isLive(): boolean {
    const { stage } = this.#attempt
    return stage !== "offered" && stage !== "ended"
  }

  /** The first report at once, the next ones when they are due, the last one always. */
  #report(): void {
    if (!this.#isLive) return
    const { clock, timers } = this.#lifecycle
    const now = clock.monotonic()
    const due = this.#lastReport + reportIntervalMs
    if (now >= due) return this.#publish(now, true)
    this.#nextReport = timers.after(due - now, () => {
      this.#nextReport = undefined
      this.#publish(clock.monotonic(), true)
    })
  }

  /** What a listener to an event reads of the task is not older than the event; those who follow the task wait for their turn. */
  #catchUp(): void {
    if (this.#nextReport !== undefined) this.#publish(this.#lastReport, false)
  }

  /** `heard`: those who follow the task are told, also of what they were not told before. */
  #publish(now: number, heard: boolean): void {
    this.#lastReport = now
    const { task } = this.#attempt
    const { snapshot } = task
    const progress = this.#tree === undefined ? this.#own : this.#tree.over(this.#own)
    const message = this.#message === snapshot.message ? undefined : this.#message
    if (progress > snapshot.progress || message !== undefined) {
      this.#unheard = !heard
      this.#lifecycle.send(task, { type: "report", progress, message, quiet: !heard })
    } else if (heard && this.#unheard) {
      this.#unheard = false
      this.#lifecycle.remind(task)
    }
  }
}
