import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { type AnyActorRef, createActor } from "xstate"
import type { TaskEvent } from "../../machines/task/events.ts"
import { taskLogic } from "../../machines/task/logic.ts"
import type { CancelReason, TaskFailure } from "../../machines/task/outcome.ts"
import type { TaskSnapshot } from "../../machines/task/snapshot.ts"
import { transition } from "../../machines/task/transition.ts"
import type { Timers } from "../clock/timers.ts"
import type { AnyTaskCall } from "../definition/definition.ts"
import { validate, type Validated } from "../definition/validate.ts"
import type { Clock } from "../ports/clock.ts"
import { RunningAttempt } from "../task/attempt.ts"
import { backoffMs } from "../task/backoff.ts"
import type { CancelReceipt } from "../task/receipt.ts"
import type { TaskHandle } from "../task/handle.ts"
import type { RunOptions } from "../task/run-options.ts"
import type { Task, TaskActorRef, TaskHost } from "../task/task.ts"
import type { Admission } from "./admission.ts"
import type { Callbacks } from "./callbacks.ts"
import type { Executors } from "./executors.ts"
import { armLimits, armTimeouts, endLimits, isExpired, type LimitKeeper } from "./limits.ts"
import type { Publisher } from "./publisher.ts"
import type { Roster } from "./roster.ts"
import { deadlineFailure, failureOf, verdictOf } from "./verdict.ts"

/** A child comes with the id that its parent's body has given it. */
export interface ChildRunOptions extends RunOptions {
  readonly childId?: string
}

/** What the lifecycle works with: the other rooms of the supervisor. */
export interface LifecycleParts {
  readonly clock: Clock
  readonly timers: Timers
  readonly random: () => number
  readonly idPrefix: string
  readonly supervisorActor: AnyActorRef
  /** Somebody looks into the machines: every task has its actor from the first moment on. */
  readonly inspected: boolean
  readonly admission: Admission
  readonly executors: Executors
  readonly roster: Roster
  readonly callbacks: Callbacks
  readonly publisher: Publisher
  submitChild(parent: Task, call: AnyTaskCall, options: ChildRunOptions): Task
  /** A task has settled: what it kept from others is theirs. */
  freed(task: Task): void
  /** All who watch it have been told. */
  afterSettled(): void
}

/**
 * Follows the machines. Whatever changes a task goes through `send`; what must be done about the change (enqueue, abort, arm a timer,
 * tell somebody) is done in `changed`, and nowhere else.
 */
export class Lifecycle implements TaskHost, LimitKeeper {
  readonly #parts: LifecycleParts
  readonly clock: Clock
  readonly timers: Timers
  readonly idPrefix: string
  /** Cancel requests of tasks that are still stopping. */
  #longestGraceMs = Number.POSITIVE_INFINITY
  readonly #receipts = new Map<Task, ((receipt: CancelReceipt) => void)[]>()

  constructor(parts: LifecycleParts) {
    this.#parts = parts
    this.clock = parts.clock
    this.timers = parts.timers
    this.idPrefix = parts.idPrefix
  }

  // ----------------------------------------------------------------------------------------------------------- the machine

  /** Gives a task's machine an event. False when the statechart does not accept it now. */
  send(task: Task, event: TaskEvent): boolean {
    const before = task.snapshot
    if (task.actorRef !== undefined) {
      task.actorRef.send(event)
      return task.current !== before
    }
    const after = transition(before, event)
    if (after === before) return false
    task.changed(before, after, event)
    return true
  }

  actorOf(task: Task): TaskActorRef {
    task.actorIsShared = true
    return this.#materialise(task)
  }

  /** Makes the actor of a task that has none yet, and leaves it to the system. */
  #materialise(task: Task): TaskActorRef {
    if (task.actorRef !== undefined) return task.actorRef
    const actor = createActor(taskLogic, {
      id: task.id,
      input: { task: task.snapshot, observer: task },
      // Known to XState (its own children are made so) and in its declarations, though not in its documentation.
      parent: this.#parts.supervisorActor,
    }) as unknown as TaskActorRef
    task.actorRef = actor
    actor.start()
    return actor
  }

  beforeChange(task: Task): void {
    this.#parts.roster.beforeChange(task)
  }

  changed(task: Task, before: TaskSnapshot, after: TaskSnapshot, event: TaskEvent): void {
    const { roster, publisher, admission } = this.#parts
    roster.changed(task, before, after)
    publisher.changed(task, before, after, event)
    if (after.outcome !== undefined) return this.#settle(task, after)
    if (task.followed !== undefined && after.progress !== before.progress) this.#tellParent(task, after.progress)
    switch (after.phase) {
      case "queued":
        if (before.phase !== "queued") admission.enqueue(task)
        break
      case "delayed":
        break
      case "backoff":
        if (before.phase !== "backoff") this.waitUntil(task, after.nextAttemptAt ?? 0)
        break
      case "executing":
        break
      case "cancelling":
        if (before.phase !== "cancelling") this.#stop(task)
        break
      case "settled":
        break
    }
  }

  // ------------------------------------------------------------------------------------------------------------ its attempts

  /** A newly submitted task: it lives from now on, whatever it still waits for. */
  admit(task: Task): void {
    armLimits(task, this)
    if (this.#parts.inspected) this.#materialise(task)
  }

  /** Nothing but time and slots keeps it from running now. */
  arrive(task: Task): void {
    if (task.settled) return
    if (task.notBefore !== undefined) this.waitUntil(task, task.notBefore)
    else this.#parts.admission.enqueue(task)
  }

  waitUntil(task: Task, instant: number): void {
    task.waiting = this.timers.after(instant - this.clock.now(), () => {
      task.waiting = undefined
      this.send(task, { type: "due" })
    })
  }

  /** There is a slot for it. */
  begin(task: Task): void {
    const attempt = new RunningAttempt(task, this)
    task.attempt = attempt
    if (isExpired(task, this.clock) && task.snapshot.attempt === 0) task.cancelWanted = { type: "expired" }
    const fiber =
      task.cancelWanted === undefined
        ? Effect.runFork(this.#execute(attempt))
        : Effect.runFork(Effect.interrupt)
    attempt.fiber = fiber
    fiber.addObserver((exit) => this.#attemptEnded(attempt, exit))
  }

  #execute(attempt: RunningAttempt): Effect.Effect<unknown, TaskFailure> {
    try {
      return this.#parts.executors.get(attempt.task.plan.executor).execute(attempt)
    } catch (error) {
      return Effect.die(error)
    }
  }

  /** The body begins. */
  started(attempt: RunningAttempt): void {
    const { task } = attempt
    // Nobody has seen it without its actor, so the actor begins where the task is.
    this.send(task, { type: "start", at: this.clock.now() })
    this.#materialise(task)
    armTimeouts(attempt, this)
    if (task.cancelWanted !== undefined) this.#requestCancel(task, task.cancelWanted)
    else if (attempt.abortCause === "deadline") queueMicrotask(() => this.#force(attempt))
  }

  /** Aborts an attempt for a reason of time: at once by force when there is no more of it. */
  timeOut(attempt: RunningAttempt, cause: "soft-timeout" | "hard-timeout" | "deadline"): void {
    if (attempt.ended || attempt.task.snapshot.cancelRequested) return
    // A hard limit after a soft one is the cause that counts from now on.
    if (attempt.abortCause === "soft-timeout") attempt.abortCause = cause
    else attempt.abort(cause)
    if (cause !== "soft-timeout") this.#force(attempt)
  }

  /** A body waits for a child: its slot is another's meanwhile. */
  lend(attempt: RunningAttempt): void {
    if (attempt.exit !== undefined || !attempt.holdsSlot) return
    this.#giveUpSlot(attempt)
    this.#parts.executors.get(attempt.task.plan.executor).lend?.(attempt, true)
  }

  /** It goes on as soon as there is a slot for it, before all who have not begun; at once when it has been aborted. */
  async reclaim(attempt: RunningAttempt): Promise<void> {
    if (attempt.exit !== undefined || attempt.holdsSlot) return
    if (attempt.abortCause === undefined) {
      attempt.holdsSlot = await this.#parts.admission.reclaim(attempt.task, (giveUp) => attempt.onAbort(giveUp))
    }
    if (attempt.exit !== undefined) return this.#giveUpSlot(attempt)
    this.#parts.executors.get(attempt.task.plan.executor).lend?.(attempt, false)
  }

  timer(ms: number, callback: () => void): () => void {
    const timer = this.timers.after(ms, callback)
    return () => this.timers.end(timer)
  }

  runChild(parent: RunningAttempt, call: AnyTaskCall, options: ChildRunOptions): Task {
    return this.#parts.submitChild(parent.task, call, options)
  }

  /** Hands an event of the body's to its listeners. Undefined when there are none; true once all have handled it. */
  deliver(task: Task, name: string, data: unknown): Promise<boolean> | undefined {
    return this.#parts.publisher.deliver(task, name, data)
  }

  // -------------------------------------------------------------------------------------------------------- ends and causes

  /** Resolves when the task has really ended. */
  cancel(task: Task, reason: CancelReason): Promise<CancelReceipt> {
    const outcome = task.current?.outcome
    if (outcome !== undefined) return Promise.resolve<CancelReceipt>(`already-${outcome.status}`)
    return new Promise((resolve) => {
      const receipts = this.#receipts.get(task)
      if (receipts === undefined) this.#receipts.set(task, [resolve])
      else receipts.push(resolve)
      this.#requestCancel(task, reason)
    })
  }

  /** From now on no grace period is longer, those that have begun included. */
  limitGrace(graceMs: number): void {
    this.#longestGraceMs = Math.min(this.#longestGraceMs, graceMs)
    for (const task of this.#parts.roster.living()) {
      if (task.snapshot.phase === "cancelling" && task.attempt !== undefined) this.#forceAfter(task.attempt, graceMs)
    }
  }

  expire(task: Task): void {
    if (task.snapshot.attempt === 0) void this.cancel(task, { type: "expired" })
  }

  missDeadline(task: Task): void {
    const { attempt } = task
    if (attempt === undefined) {
      this.send(task, { type: "fail", failure: deadlineFailure(task), at: this.clock.now() })
    } else if (attempt.begun) this.timeOut(attempt, "deadline")
    else attempt.abort("deadline")
  }

  #requestCancel(task: Task, reason: CancelReason): void {
    const { attempt } = task
    if (attempt !== undefined && !attempt.begun) {
      // Its executor has it in hand: taken back, it never ran; otherwise it begins, and is cancelled then.
      task.cancelWanted ??= reason
      attempt.abort("cancel")
      return
    }
    this.send(task, { type: "cancel", reason, at: this.clock.now() })
  }

  /** The task is to stop: its children first. */
  #stop(task: Task): void {
    this.#cancelChildren(task)
    const { attempt } = task
    if (attempt === undefined) return
    attempt.abort("cancel")
    if (!attempt.ended) this.#forceAfter(attempt, Math.min(task.plan.graceMs, this.#longestGraceMs))
  }

  #forceAfter(attempt: RunningAttempt, graceMs: number): void {
    this.timers.end(attempt.force)
    if (graceMs === Number.POSITIVE_INFINITY) return
    attempt.force = this.timers.after(graceMs, () => this.#force(attempt))
  }

  /** The forced end of what still goes on: the body, or, when that is through, its children and the check of its output. */
  #force(attempt: RunningAttempt): void {
    attempt.interrupt()
    if (attempt.exit !== undefined) this.#cancelChildren(attempt.task)
    if (attempt.isBeingChecked) this.#finish(attempt, undefined)
  }

  #cancelChildren(task: Task): void {
    if (task.children === undefined) return
    for (const child of [...task.children]) void this.cancel(child, { type: "parent", parent: task.id })
  }

  #attemptEnded(attempt: RunningAttempt, exit: Exit.Exit<unknown, TaskFailure>): void {
    attempt.exit = exit
    attempt.flush()
    attempt.refuseAsks()
    const { task } = attempt
    // Whoever made children waits for their end; if it failed or is to end, they are cancelled.
    if (!Exit.isSuccess(exit) || attempt.abortCause !== undefined) this.#cancelChildren(task)
    const { children } = task
    if (children === undefined || children.size === 0) return this.#conclude(attempt, exit)
    this.#giveUpSlot(attempt)
    let left = children.size
    for (const child of children) {
      child.whenSettled(() => {
        if (--left === 0) queueMicrotask(() => this.#attemptEnded(attempt, exit))
      })
    }
  }

  /** The work has stopped, and so have the children. */
  #conclude(attempt: RunningAttempt, exit: Exit.Exit<unknown, TaskFailure>): void {
    if (Exit.isFailure(exit)) {
      const failure = failureOf(exit)
      if (failure !== undefined) return this.#finish(attempt, { failure })
      if (attempt.begun) attempt.stoppedHow = this.#howStopped(attempt)
      return this.#finish(attempt, undefined)
    }
    const schema = attempt.task.definition.output
    if (schema === undefined) return this.#finish(attempt, { output: exit.value })
    const validated = validate(schema, exit.value, "output")
    if (validated instanceof Promise) {
      attempt.isBeingChecked = true
      void validated.then((end) => this.#finish(attempt, end))
    } else this.#finish(attempt, validated)
  }

  /** Tells the machine how the attempt ended. */
  #finish(attempt: RunningAttempt, end: Validated | undefined): void {
    if (attempt.ended) return
    const { task } = attempt
    attempt.flush()
    attempt.close()
    this.#giveUpSlot(attempt)
    const at = this.clock.now()
    if (task.cancelWanted !== undefined && !attempt.begun) this.send(task, { type: "cancel", reason: task.cancelWanted, at })
    else if (task.snapshot.cancelRequested) this.send(task, { type: "stop", at })
    else {
      const verdict = verdictOf(attempt, end)
      if ("output" in verdict) this.send(task, { type: "complete", output: verdict.output, at })
      else this.send(task, { type: "fail", failure: verdict.failure, at, retryAt: this.#retryAt(attempt, verdict.failure, at) })
    }
    if (task.attempt === attempt) task.attempt = undefined
  }

  /** A body that has begun was ended by force. */
  #howStopped({ task }: RunningAttempt): "terminated" | "abandoned" {
    if (this.#parts.executors.get(task.plan.executor).force === "terminates") return "terminated"
    this.#parts.callbacks.warn(
      `Task ${task.id} (${task.definition.taskName}) ignored its abort and was cut off: a coroutine cannot be killed, it may still be running; let it look at ctx.signal`,
    )
    return "abandoned"
  }

  #retryAt(attempt: RunningAttempt, failure: TaskFailure, now: number): number | undefined {
    const { task, number, retry, inputGone } = attempt
    const plan = task.plan.retry
    if (number >= plan.maxAttempts || inputGone || failure.type === "validation") return undefined
    if (failure.type === "timeout" && failure.limit === "deadline") return undefined
    if (retry === undefined && plan.when !== undefined && !this.#isWorthRetrying(task, plan.when, failure)) return undefined
    return now + (retry?.afterMs ?? backoffMs(plan, number, this.#parts.random()))
  }

  #isWorthRetrying(task: Task, when: (failure: TaskFailure) => boolean, failure: TaskFailure): boolean {
    try {
      return when(failure)
    } catch (error) {
      this.#parts.callbacks.warn(`"retry.when" of task ${task.id} (${task.definition.taskName}) threw; there is no retry`, error)
      return false
    }
  }

  /** The last of all: nothing of the task goes on after this. */
  #settle(task: Task, { outcome }: TaskSnapshot): void {
    if (outcome === undefined) return
    const { attempt, parent } = task
    endLimits(task, this.timers)
    this.#parts.admission.withdraw(task)
    if (attempt !== undefined && !attempt.ended) this.#cutOff(attempt)
    this.#tellParent(task, 1)
    parent?.children?.delete(task)
    task.args = noArgs
    if (!task.actorIsShared) task.actorRef = undefined
    this.#parts.freed(task)
    task.tellSettled(outcome)
    for (const { whenDone } of task.callbacks) {
      if (whenDone !== undefined) this.#parts.callbacks.call(`"whenDone" of task ${task.id}`, () => whenDone(task as TaskHandle))
    }
    this.#giveReceipts(task, outcome.status === "cancelled" ? (attempt?.stoppedHow ?? "cancelled") : `already-${outcome.status}`)
    this.#parts.afterSettled()
  }

  /** Somebody else's event has settled the task while its body runs. */
  #cutOff(attempt: RunningAttempt): void {
    attempt.abort("cancel")
    attempt.close()
    this.#giveUpSlot(attempt)
    attempt.interrupt()
  }

  #giveReceipts(task: Task, receipt: CancelReceipt): void {
    const receipts = this.#receipts.get(task)
    if (receipts === undefined) return
    this.#receipts.delete(task)
    for (const resolve of receipts) resolve(receipt)
  }

  #giveUpSlot(attempt: RunningAttempt): void {
    if (!attempt.holdsSlot) return
    attempt.holdsSlot = false
    this.#parts.admission.release(attempt.task)
  }

  #tellParent(task: Task, progress: number): void {
    task.followed?.(progress)
  }
}

const noArgs: readonly unknown[] = Object.freeze([])
