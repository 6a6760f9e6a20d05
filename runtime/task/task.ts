import type { TaskEvent } from "../../machines/task/events.ts"
import type { PipelineActor } from "../../machines/pipeline/machine.ts"
import type { TaskObserver } from "../../machines/task/logic.ts"
import type { Outcome } from "../../machines/task/outcome.ts"
import {
  newborn,
  type TaskBirth,
  type TaskKey,
  type TaskOrigin,
  type TaskSnapshot,
} from "../../machines/task/snapshot.ts"
import { resultWithin } from "../context/child-handle.ts"
import type { AnyTaskDefinition } from "../definition/definition.ts"
import type { DurationInput } from "../definition/duration.ts"
import type { Line } from "../supervisor/line.ts"
import type { RosterPage } from "../supervisor/living-list.ts"
import type { RunningAttempt } from "./attempt.ts"
import { placeOf } from "../pipeline/places.ts"
import { checkListener } from "./check-listener.ts"
import { checkReason } from "./check-reason.ts"
import { CompletedEssence } from "./completed-essence.ts"
import { Family } from "./family.ts"
import type { TaskHandle } from "./handle.ts"
import type { TaskPlan } from "./plan.ts"
import type { CancelReceipt } from "./receipt.ts"
import type { RunOptions } from "./run-options.ts"
import type { TaskActorRef, TaskHost } from "./task-host.ts"
import { LeavableWaiters, OutcomeWaiter, ResultWaiter, turned, type Waiter } from "./waiters.ts"
import type { Waits } from "./waits.ts"
import { type TaskCallbacks, Watchers } from "./watchers.ts"

/**
 * One submitted task: the handle of the one who submitted it, and the supervisor's record of it.
 *
 * While it waits it is this plain object and nothing else; its first snapshot is made when it starts or somebody looks, its actor when
 * somebody looks into it. A million of them wait in a few hundred megabytes.
 */
export class Task implements TaskHandle, TaskObserver {
  readonly host: TaskHost
  readonly serial: number
  /** Of a task that another program has left, known when its module is here; its plan is made anew then. */
  definition: AnyTaskDefinition
  plan: TaskPlan
  readonly submittedAt: number
  readonly options: RunOptions | undefined
  /** Let go of at the end: a settled task does not hold on to its input. */
  args: readonly unknown[]
  /** The latest snapshot, once anybody has looked or anything has changed, or what is left of the last one. */
  #state: TaskSnapshot | CompletedEssence | undefined = undefined
  actorRef: TaskActorRef | undefined = undefined
  /** The attempt that an executor has in hand. */
  attempt: RunningAttempt | undefined = undefined
  /** Something is being done about it, and those who are told of that may want more to be done. */
  isBusy = false
  /** Those who wait have been told of its outcome, which is kept by then. */
  isTold = false
  #turns: (() => void)[] | undefined = undefined
  // What only some tasks have; a million others do not pay for it.
  family: Family | undefined = undefined
  /** What it comes of, if not of a caller's submit. */
  origin: TaskOrigin | undefined = undefined
  waits: Waits | undefined = undefined
  watchers: Watchers | undefined = undefined
  #waiters: Waiter | undefined = undefined
  // Its place in the line of its queue, and among its neighbours there.
  line: Line | undefined = undefined
  ahead: Task | undefined = undefined
  behind: Task | undefined = undefined
  // Its place in the list of the living.
  page: RosterPage | undefined = undefined
  place = 0

  constructor(
    host: TaskHost,
    serial: number,
    definition: AnyTaskDefinition,
    args: readonly unknown[],
    plan: TaskPlan,
    options: RunOptions | undefined,
    submittedAt: number,
  ) {
    this.host = host
    this.serial = serial
    this.definition = definition
    this.args = args
    this.plan = plan
    this.options = options
    this.submittedAt = submittedAt
  }

  get id(): string {
    const state = this.#state
    if (state !== undefined && !(state instanceof CompletedEssence)) return state.id
    return this.family?.id ?? this.host.idPrefix + this.serial
  }

  get parent(): Task | undefined {
    return this.family?.parent
  }

  get children(): ReadonlySet<Task> | undefined {
    return this.family?.children
  }

  /** Goes on where another program has left it, or is what became of it there. */
  goOnFrom(snapshot: TaskSnapshot): void {
    this.family ??= new Family()
    this.family.id = snapshot.id
    this.family.wasLeft = true
    this.#state = snapshot
  }

  /** Becomes the child of `parent`; `id` is what the parent's body calls it, if it has a name for it. */
  joinFamily(parent: Task, id: string | undefined): void {
    this.family ??= new Family()
    this.family.parent = parent
    this.family.id = id
    parent.family ??= new Family()
    parent.family.children ??= new Set()
    parent.family.children.add(this)
  }

  leaveFamily(): void {
    this.family?.parent?.family?.children?.delete(this)
  }

  get key(): TaskKey {
    return this.options?.key ?? this.id
  }

  get snapshot(): TaskSnapshot {
    if (this.#state === undefined) this.#state = newborn(this.#birth)
    else if (this.#state instanceof CompletedEssence) this.#state = this.#state.snapshotOf(this.#birth)
    return this.#state
  }

  /** Attempts begun so far. Does not make a snapshot. */
  get attempts(): number {
    return this.#state === undefined ? 0 : this.snapshot.attempt
  }

  /** Undefined while it lives. Does not make a snapshot for one that waits. */
  get end(): Outcome<unknown> | undefined {
    return this.#state === undefined ? undefined : this.snapshot.outcome
  }

  get settled(): boolean {
    return this.#state instanceof CompletedEssence || this.#state?.outcome !== undefined
  }

  get #birth(): TaskBirth {
    const id = this.family?.id ?? this.host.idPrefix + this.serial
    return {
      id,
      key: this.options?.key ?? id,
      name: this.definition.taskName,
      executor: this.plan.executor,
      submittedAt: this.submittedAt,
      notBefore: this.waits?.notBefore,
      parent: this.parent?.id,
      origin: this.origin,
      tags: this.plan.tags,
      visible: this.plan.visible,
    }
  }

  get actor(): TaskActorRef {
    return this.host.actorOf(this)
  }

  get pipeline(): PipelineActor | undefined {
    return placeOf(this)?.actor
  }

  /** Its actor, or the supervisor in its place, tells of every change here. */
  changed(before: TaskSnapshot, after: TaskSnapshot, event: TaskEvent): void {
    this.host.beforeChange(this)
    this.#state = after
    this.host.changed(this, before, after, event)
  }

  result(options?: { readonly timeout?: DurationInput }): Promise<unknown> {
    if (options?.timeout !== undefined) return resultWithin(this, options.timeout)
    return new Promise((resolve, reject) => this.addWaiter(new ResultWaiter(resolve, reject)))
  }

  outcome(): Promise<Outcome<unknown>> {
    // One promise for all that ask, as Suspense wants it.
    this.#followers.outcome ??= new Promise((resolve) => this.whenSettled(resolve))
    return this.#followers.outcome
  }

  /** Calls back once, now or later. */
  whenSettled(callback: (outcome: Outcome<unknown>) => void): void {
    this.addWaiter(new OutcomeWaiter(callback))
  }

  /** As `whenSettled`, for one who may stop waiting: by what it returns. */
  whenSettledOrLeft(callback: (outcome: Outcome<unknown>) => void): () => void {
    const latest = this.#waiters
    if (latest instanceof LeavableWaiters) return latest.add(callback)
    const waiters = new LeavableWaiters()
    const leave = waiters.add(callback)
    this.addWaiter(waiters)
    return leave
  }

  /** Those who follow it, for one more. */
  get #followers(): Watchers {
    this.watchers ??= new Watchers()
    return this.watchers
  }

  timer(ms: number, callback: () => void): () => void {
    return this.host.timer(ms, callback)
  }

  /** Tells all who wait, the first one first, and forgets who followed. */
  tellSettled(outcome: Outcome<unknown>): void {
    this.isTold = true
    this.watchers?.endFollowing()
    const latest = this.#waiters
    if (latest === undefined) return
    this.#waiters = undefined
    const { id } = this
    for (let waiter: Waiter | undefined = turned(latest); waiter !== undefined; waiter = waiter.next) {
      waiter.settled(id, outcome)
    }
  }

  /** A settled task keeps no more than it must. */
  rest(): void {
    if (this.actorRef !== undefined || this.watchers !== undefined) return
    if (this.#state === undefined || this.#state instanceof CompletedEssence) return
    if (CompletedEssence.holds(this.#state)) this.#state = new CompletedEssence(this.#state)
  }

  /** To be done when all that is being done about it now is through. */
  laterTurn(what: () => void): void {
    this.#turns ??= []
    this.#turns.push(what)
  }

  /** Does what has come meanwhile, one after the other. */
  endTurn(): void {
    try {
      for (let next = this.#turns?.shift(); next !== undefined; next = this.#turns?.shift()) next()
    } finally {
      this.isBusy = false
    }
  }

  /** As `whenSettled`, for one who has an object for it. */
  addWaiter(waiter: Waiter): void {
    const outcome = this.end
    if (outcome !== undefined && this.isTold) return waiter.settled(this.id, outcome)
    // The latest first, as a list linked one way has it for nothing.
    waiter.next = this.#waiters
    this.#waiters = waiter
  }

  /** Somebody has joined, and wants to be told as well; no longer, when what this returns is called. */
  alsoTell(more: TaskCallbacks): () => void {
    return this.#followers.join(more)
  }

  /** The callbacks of its options, and of the options of those who joined. */
  get callbacks(): readonly TaskCallbacks[] {
    const own = this.options === undefined ? noCallbacks : [this.options]
    return this.watchers === undefined ? own : [...own, ...this.watchers.joined]
  }

  persisted(): Promise<void> {
    return this.host.persisted(this)
  }

  cancel(message?: string): Promise<CancelReceipt> {
    checkReason(`task ${this.id}`, message)
    return this.host.cancel(this, message === undefined ? { type: "requested" } : { type: "requested", message })
  }

  subscribe(listener: (snapshot: TaskSnapshot) => void): () => void {
    checkListener(listener)
    if (this.settled) return () => {}
    return this.#followers.subscribe(listener)
  }

  on(name: string, listener: (data: never) => void | Promise<void>): () => void {
    checkListener(listener)
    if (this.settled) return () => {}
    return this.#followers.on(name, listener as (data: unknown) => void | Promise<void>)
  }

  /** As data: its snapshot. */
  toJSON(): TaskSnapshot {
    return this.snapshot
  }
}

const noCallbacks: readonly TaskCallbacks[] = []
