import * as Effect from "effect/Effect"
import { createActor } from "xstate"
import type { TaskEvent } from "../../machines/task/events.ts"
import { taskLogic } from "../../machines/task/logic.ts"
import type { CancelReason, Outcome, TaskFailure } from "../../machines/task/outcome.ts"
import type { TaskSnapshot } from "../../machines/task/snapshot.ts"
import { transition } from "../../machines/task/transition.ts"
import type { Timers } from "../clock/timers.ts"
import type { ChildBirth } from "../context/link.ts"
import type { AnyTaskCall } from "../definition/definition.ts"
import type { LeftSteps } from "../journal/left-steps.ts"
import type { Clock } from "../ports/clock.ts"
import { placeOf } from "../pipeline/places.ts"
import { RunningAttempt } from "../task/attempt.ts"
import { AttemptRun } from "../task/attempt-run.ts"
import type { CancelReceipt } from "../task/receipt.ts"
import type { TaskHandle } from "../task/handle.ts"
import type { RunOptions } from "../task/run-options.ts"
import type { Task } from "../task/task.ts"
import type { TaskActorRef, TaskHost } from "../task/task-host.ts"
import { Waits } from "../task/waits.ts"
import { AttemptEnd } from "./attempt-end.ts"
import { Cancellation } from "./cancellation.ts"
import { mayBegin } from "./hand-over.ts"
import type { LifecycleParts } from "./lifecycle-parts.ts"
import { armLimits, atInstant, armTimeouts, endLimits, isExpired, isOverdue } from "./limits.ts"
import { SlotKeeper } from "./slot-keeper.ts"

/**
 * Follows the machines. Whatever changes a task goes through `send`; what must be done about the change (enqueue, abort, arm a timer,
 * tell somebody) is done in `changed`, and nowhere else.
 */
export class Lifecycle implements TaskHost {
  readonly clock: Clock
  readonly timers: Timers
  readonly idPrefix: string
  readonly cancellation: Cancellation
  readonly slots: SlotKeeper
  readonly #parts: LifecycleParts
  readonly #ends: AttemptEnd

  constructor(parts: LifecycleParts) {
    const { clock, timers, admission, executors, roster } = parts
    const send = (task: Task, event: TaskEvent): void => this.send(task, event)
    this.#parts = parts
    this.clock = clock
    this.timers = timers
    this.idPrefix = parts.idPrefix
    this.slots = new SlotKeeper(admission, executors)
    this.cancellation = new Cancellation({
      clock,
      timers,
      roster,
      send,
      finish: (attempt) => this.#ends.finish(attempt, undefined),
    })
    this.#ends = new AttemptEnd({
      ...parts,
      slots: this.slots,
      send,
      cancelChildren: (task) => this.cancellation.cancelChildren(task),
    })
  }

  // ----------------------------------------------------------------------------------------------------------- the machine

  /**
   * Gives a task's machine an event. What comes while a change of the same task is being told, from one of those who are told, has its
   * turn afterwards: an actor has XState's mailbox for that, a task without one has this.
   */
  send(task: Task, event: TaskEvent): void {
    if (task.isBusy) task.laterTurn(() => this.#give(task, event))
    else if (task.actorRef !== undefined) task.actorRef.send(event)
    else {
      task.isBusy = true
      try {
        this.#give(task, event)
      } finally {
        task.endTurn()
      }
    }
  }

  /** Does what concerns one task after all that is being done about it now. */
  inTurn(task: Task, what: () => void): void {
    if (task.isBusy) return task.laterTurn(what)
    task.isBusy = true
    try {
      what()
    } finally {
      task.endTurn()
    }
  }

  #give(task: Task, event: TaskEvent): void {
    if (task.actorRef !== undefined) {
      task.actorRef.send(event)
      return
    }
    const before = task.snapshot
    const after = transition(before, event)
    if (after !== before) task.changed(before, after, event)
  }

  /**
   * The actor of a task, made when somebody first looks: it begins where the task is. Nobody can tell that it was not there before, and
   * a short task that nobody looks into costs a third less.
   */
  actorOf(task: Task): TaskActorRef {
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

  /** Somebody looks into the machines. */
  show(task: Task): void {
    this.actorOf(task)
    void placeOf(task)?.actor
  }

  beforeChange(task: Task): void {
    this.#parts.roster.beforeChange(task)
  }

  changed(task: Task, before: TaskSnapshot, after: TaskSnapshot, event: TaskEvent): void {
    const { roster, publisher, admission, journal } = this.#parts
    roster.changed(task, before, after)
    journal?.changed(task, before, event)
    publisher.changed(task, before, after, event)
    if (after.outcome !== undefined) return this.#settle(task, after)
    if (task.family !== undefined && after.progress !== before.progress) task.family.tell(after.progress)
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
        if (before.phase !== "executing") task.family?.beginning?.began()
        break
      case "cancelling":
        if (before.phase !== "cancelling") this.cancellation.stop(task)
        break
      case "settled":
        break
    }
  }

  // ------------------------------------------------------------------------------------------------------------ its attempts

  /** A newly submitted task: it lives from now on, whatever it still waits for. */
  admit(task: Task): void {
    this.#parts.publisher.submitted(task)
    armLimits(task, this.cancellation)
    if (this.#parts.isInspected()) this.show(task)
  }

  /** Nothing but time and slots keeps it from running now. */
  arrive(task: Task): void {
    if (task.settled) return
    const notBefore = task.waits?.notBefore
    if (notBefore === undefined) this.#parts.admission.enqueue(task)
    else if (notBefore > this.clock.now()) this.waitUntil(task, notBefore)
    else this.send(task, { type: "due" })
  }

  waitUntil(task: Task, instant: number): void {
    const waits = (task.waits ??= new Waits())
    const isDate = instant === waits.notBefore && task.plan.delay instanceof Date
    waits.timer = atInstant(instant, isDate, this, () => this.send(task, { type: "due" }))
  }

  /** There is a slot for it. */
  begin(task: Task): void {
    const attempt = new RunningAttempt(task, this)
    if (!mayBegin(attempt, this.#parts, this.slots)) return
    task.attempt = attempt
    if (isExpired(task, this.cancellation) && task.snapshot.attempt === 0) attempt.cancelWanted = { type: "expired" }
    else if (isOverdue(task, this.cancellation)) attempt.abort("deadline")
    const mayRun = attempt.cancelWanted === undefined && attempt.abortCause === undefined
    attempt.run = new AttemptRun(attempt, this.#ends)
    attempt.run.start(mayRun ? this.#execute(attempt) : Effect.interrupt)
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
    this.slots.began(attempt)
    this.send(task, { type: "start", at: this.clock.now() })
    armTimeouts(attempt, this.cancellation)
    if (attempt.cancelWanted !== undefined) this.cancellation.request(task, attempt.cancelWanted)
    else if (attempt.abortCause === "deadline") queueMicrotask(() => this.cancellation.force(attempt))
  }

  timer(ms: number, callback: () => void): () => void {
    const timer = this.timers.after(ms, callback)
    return () => this.timers.end(timer)
  }

  runChild(
    { task }: RunningAttempt,
    call: AnyTaskCall,
    options: RunOptions | undefined,
    birth: ChildBirth | undefined,
  ): Task {
    return this.#parts.submitChild(task, call, options, birth)
  }

  /** Shows those who follow a task what they have not been shown yet. */
  remind(task: Task): void {
    this.#parts.publisher.tellFollowers(task)
  }

  cancel(task: Task, reason: CancelReason): Promise<CancelReceipt> {
    return this.cancellation.cancel(task, reason)
  }

  /** The last of all: nothing of the task goes on after this. */
  #settle(task: Task, { outcome }: TaskSnapshot): void {
    if (outcome === undefined) return
    const { attempt } = task
    endLimits(task, this.timers)
    this.#parts.admission.withdraw(task)
    if (attempt !== undefined && attempt.stage !== "ended") this.#cutOff(attempt)
    task.family?.tell(1)
    task.leaveFamily()
    // Steps that its pipeline has not taken up.
    if (task.family?.wasLeft === true) this.#parts.stepsOf(task)?.abandonRest()
    task.args = noArgs
    this.#parts.freed(task)
    const receipt =
      outcome.status === "cancelled" ? (attempt?.stoppedHow ?? "cancelled") : (`already-${outcome.status}` as const)
    this.whenWritten(() => this.#tellSettled(task, outcome, receipt))
    this.#parts.afterSettled()
  }

  /** What is acknowledged has been kept. */
  #tellSettled(task: Task, outcome: Outcome<unknown>, receipt: CancelReceipt): void {
    task.tellSettled(outcome)
    for (const { whenDone } of task.callbacks) {
      if (whenDone !== undefined)
        this.#parts.callbacks.call(`"whenDone" of task ${task.id}`, () => whenDone(task as TaskHandle))
    }
    this.cancellation.giveReceipts(task, receipt)
    task.rest()
  }

  persisted(task: Task): Promise<void> {
    return this.#parts.journal?.persisted(task) ?? Promise.resolve()
  }

  /** Calls back when all that has happened until now is kept: at once where there is no store. */
  whenWritten(callback: () => void): void {
    const { journal } = this.#parts
    if (journal === undefined) callback()
    else journal.whenWritten(callback)
  }

  get isKept(): boolean {
    return this.#parts.journal !== undefined
  }

  stepsOf(task: Task): LeftSteps | undefined {
    return this.#parts.stepsOf(task)
  }

  /** Somebody else's event has settled the task while its body runs. */
  #cutOff(attempt: RunningAttempt): void {
    attempt.abort("cancel")
    attempt.close()
    this.slots.giveUp(attempt)
    attempt.interrupt()
  }
}

const noArgs: readonly unknown[] = Object.freeze([])
