import type { ActorRef } from "xstate"
import type { TaskEvent } from "../../machines/task/events.ts"
import type { TaskObserver } from "../../machines/task/logic.ts"
import type { CancelReason, Outcome } from "../../machines/task/outcome.ts"
import { newborn, type TaskKey, type TaskSnapshot } from "../../machines/task/snapshot.ts"
import { resultOf } from "../context/child-handle.ts"
import type { AnyTaskDefinition } from "../definition/definition.ts"
import type { DurationInput } from "../definition/duration.ts"
import type { Line } from "../supervisor/line.ts"
import type { RosterPage } from "../supervisor/roster.ts"
import type { Timer } from "../clock/timers.ts"
import type { RunningAttempt } from "./attempt.ts"
import { checkListener } from "./check-listener.ts"
import type { TaskActorSnapshot, TaskHandle } from "./handle.ts"
import type { TaskPlan } from "./plan.ts"
import type { CancelReceipt } from "./receipt.ts"
import type { RunOptions } from "./run-options.ts"
import { OutcomeWaiter, ResultWaiter, type Waiter } from "./waiters.ts"
import { Watchers } from "./watchers.ts"

// oxlint-disable-next-line typescript/no-explicit-any -- as in TaskHandle.actor
export type TaskActorRef = ActorRef<TaskActorSnapshot<unknown>, any, any>

/** What a task asks of its supervisor. */
export interface TaskHost {
  readonly idPrefix: string
  actorOf(task: Task): TaskActorRef
  cancel(task: Task, reason: CancelReason): Promise<CancelReceipt>
  beforeChange(task: Task): void
  changed(task: Task, before: TaskSnapshot, after: TaskSnapshot, event: TaskEvent): void
  timer(ms: number, callback: () => void): () => void
}

/**
 * One submitted task: the handle of the one who submitted it, and the supervisor's record of it.
 *
 * While it waits it is this plain object and nothing else; its first snapshot is made when somebody looks, its actor when it starts
 * or somebody asks. A million of them wait in a few hundred megabytes.
 */
export class Task implements TaskHandle, TaskObserver {
  readonly host: TaskHost
  readonly serial: number
  readonly definition: AnyTaskDefinition
  readonly plan: TaskPlan
  readonly submittedAt: number
  options: RunOptions | undefined = undefined
  parent: Task | undefined = undefined
  /** Born delayed until this instant. */
  notBefore: number | undefined = undefined
  #id: string | undefined
  /** Whether it was given its id, as children are. */
  readonly hasOwnId: boolean
  #waiters: Waiter | undefined = undefined
  #outcome: Promise<Outcome<unknown>> | undefined = undefined
  /** Let go of at the end: a settled task does not hold on to its input. */
  args: readonly unknown[]
  /** The latest snapshot, once anybody has looked or anything has changed. */
  current: TaskSnapshot | undefined = undefined
  actorRef: TaskActorRef | undefined = undefined
  /** Somebody has been given the actor: it stays the same for as long as the handle is held. */
  actorIsShared = false
  /** The attempt that an executor has in hand. */
  attempt: RunningAttempt | undefined = undefined
  /** Living children. */
  children: Set<Task> | undefined = undefined
  /** A schema looks at its input. */
  isBeingChecked = false
  watchers: Watchers | undefined = undefined
  /** The callbacks of those who joined it. */
  joined: Pick<RunOptions, "whenDone" | "whenEvent">[] | undefined = undefined
  /** Whether the supervisor has been asked, and by what name, to cancel it while its executor takes it back. */
  cancelWanted: CancelReason | undefined = undefined
  /** A parent's attempt that follows the progress. */
  followed: ((progress: number) => void) | undefined = undefined
  /** Until when it waits: its delay or its backoff. */
  waiting: Timer | undefined = undefined
  /** Its expiry and its deadline. */
  limits: Timer[] | undefined = undefined
  // Its place in the line of its queue, and among its neighbours there.
  line: Line | undefined = undefined
  ahead: Task | undefined = undefined
  behind: Task | undefined = undefined
  // Its place in the list of the living.
  page: RosterPage | undefined = undefined
  place = 0

  /** @param id A child's; the others make their own of the serial number. */
  constructor(
    host: TaskHost,
    serial: number,
    id: string | undefined,
    definition: AnyTaskDefinition,
    args: readonly unknown[],
    plan: TaskPlan,
    submittedAt: number,
  ) {
    this.host = host
    this.serial = serial
    this.#id = id
    this.hasOwnId = id !== undefined
    this.definition = definition
    this.args = args
    this.plan = plan
    this.submittedAt = submittedAt
  }

  get id(): string {
    return (this.#id ??= this.host.idPrefix + this.serial)
  }

  get key(): TaskKey {
    return this.options?.key ?? this.id
  }

  get snapshot(): TaskSnapshot {
    this.current ??= newborn({
      id: this.id,
      key: this.key,
      name: this.definition.taskName,
      executor: this.plan.executor,
      submittedAt: this.submittedAt,
      notBefore: this.notBefore,
      parent: this.parent?.id,
      tags: this.plan.tags,
      visible: this.plan.visible,
    })
    return this.current
  }

  get settled(): boolean {
    return this.current?.outcome !== undefined
  }

  get actor(): TaskActorRef {
    return this.host.actorOf(this)
  }

  /** Its actor, or the supervisor in its place, tells of every change here. */
  changed(before: TaskSnapshot, after: TaskSnapshot, event: TaskEvent): void {
    this.host.beforeChange(this)
    this.current = after
    this.host.changed(this, before, after, event)
  }

  result(options?: { readonly timeout?: DurationInput }): Promise<unknown> {
    if (options?.timeout !== undefined) {
      return resultOf(this.id, this.outcome(), options.timeout, (ms, callback) => this.host.timer(ms, callback))
    }
    return new Promise((resolve, reject) => this.#await(new ResultWaiter(resolve, reject)))
  }

  outcome(): Promise<Outcome<unknown>> {
    // One promise for all that ask, as Suspense wants it.
    this.#outcome ??= new Promise((resolve) => this.whenSettled(resolve))
    return this.#outcome
  }

  /** Calls back once, now or later. */
  whenSettled(callback: (outcome: Outcome<unknown>) => void): void {
    this.#await(new OutcomeWaiter(callback))
  }

  /** Tells all who wait, the first one first, and forgets who followed. */
  tellSettled(outcome: Outcome<unknown>): void {
    this.watchers = undefined
    const { id } = this
    for (let waiter = this.#waiters; waiter !== undefined; waiter = waiter.next) waiter.settled(id, outcome)
    this.#waiters = undefined
  }

  #await(waiter: Waiter): void {
    const outcome = this.current?.outcome
    if (outcome !== undefined) return waiter.settled(this.id, outcome)
    let last = this.#waiters
    if (last === undefined) this.#waiters = waiter
    else {
      while (last.next !== undefined) last = last.next
      last.next = waiter
    }
  }

  /** Somebody has joined, and wants to be told as well. */
  alsoTell(more: Pick<RunOptions, "whenDone" | "whenEvent">): void {
    ;(this.joined ??= []).push(more)
  }

  /** The callbacks of its options, and of the options of those who joined. */
  get callbacks(): readonly Pick<RunOptions, "whenDone" | "whenEvent">[] {
    const own = this.options === undefined ? [] : [this.options]
    return this.joined === undefined ? own : [...own, ...this.joined]
  }

  cancel(message?: string): Promise<CancelReceipt> {
    return this.host.cancel(this, message === undefined ? { type: "requested" } : { type: "requested", message })
  }

  subscribe(listener: (snapshot: TaskSnapshot) => void): () => void {
    checkListener(listener)
    if (this.settled) return () => {}
    this.watchers ??= new Watchers()
    return this.watchers.subscribe(listener)
  }

  on(name: string, listener: (data: never) => void | Promise<void>): () => void {
    checkListener(listener)
    if (this.settled) return () => {}
    this.watchers ??= new Watchers()
    return this.watchers.on(name, listener as (data: unknown) => void | Promise<void>)
  }

  /** As the handle that the user's callbacks get. */
  toJSON(): TaskSnapshot {
    return this.snapshot
  }
}
