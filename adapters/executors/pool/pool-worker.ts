import { nextWorkerState, type WorkerEvent, type WorkerState } from "../../../machines/worker/lifecycle.ts"
import { type FromWorker, type Offer, type ToWorker, toWorker } from "../worker/envelopes.ts"
import { nextTicket, SlotTable } from "../worker/slot-table.ts"
import type { ChildDesk } from "./child-desk.ts"
import { condemn } from "./fault.ts"
import type { DefinitionPace } from "./pace.ts"
import type { PooledAttempt } from "./pooled-attempt.ts"
import type { WorkerExit, WorkerLink, WorkerListener, WorkerTransport } from "./transport.ts"
import type { WorkerOwner } from "./worker-owner.ts"
import { WorkerPost, type WorkerPostOwner } from "./worker-post.ts"

/** One worker as its pool sees it: its life, and what it has in hand. */
export class PoolWorker implements WorkerListener, WorkerPostOwner {
  state: WorkerState = "starting"
  /** The attempt whose body has begun. */
  running: PooledAttempt | undefined
  /** Attempts offered and not begun, and what is expected of them, in milliseconds. */
  waiting = 0
  waitingMs = 0
  /** What was taken back while its module may have been imported: until it says that it has passed it, nobody knows whether it is busy. */
  passing: PooledAttempt | undefined
  /** It ran low, and is given more than it needs now. */
  isFilling = false
  /** It takes nothing more, and is to end when it is through with what it has. */
  isSpent = false
  /** On the clock's monotonic scale. */
  idleSince = 0
  /** Since its start. */
  tasks = 0
  /** In bytes, as it told last. */
  memory = 0
  /** Why it could not start, or what nobody caught in it. */
  lastWords: unknown
  /** Those of whom a message could not be read: no longer in hand, they fail when the worker is gone. */
  readonly condemned: PooledAttempt[] = []
  /** Of its bodies that have children, and of those that have ended before them, by ticket. */
  readonly desks = new Map<number, ChildDesk>()
  readonly #owner: WorkerOwner
  readonly #link: WorkerLink
  readonly #post: WorkerPost
  /** By ticket, and so in the order in which the worker will begin them. */
  readonly #inHand = new Map<number, PooledAttempt>()
  readonly #freeSlots: number[] = []
  readonly #defined = new Set<number>()
  /** Definitions of which a body has begun in it, or could have. */
  readonly #proven = new Set<number>()
  #lastProven = -1
  #ticket = 0

  /** Starts it; throws what the platform throws. */
  constructor(transport: WorkerTransport, owner: WorkerOwner) {
    this.#owner = owner
    for (let slot = SlotTable.size - 1; slot >= 0; slot--) this.#freeSlots.push(slot)
    this.#link = transport.spawn(this)
    this.#post = new WorkerPost(transport, this.#link, this)
  }

  // ----------------------------------------------------------------------------------------------------- what the pool does

  /** Lets an event happen to it. True when it was one that its state accepts. */
  send(event: WorkerEvent["type"]): boolean {
    const before = this.state
    this.state = nextWorkerState(before, event)
    if (this.state === before) return false
    // An idle worker must not keep the program alive, and neither must one that has died.
    if (this.state === "idle") this.#link.hold(false)
    else if (before === "idle" && this.state !== "crashed") this.#link.hold(true)
    this.#owner.changed(this, before, this.state)
    return true
  }

  /** Whether something is expected of it. */
  get isAwaited(): boolean {
    const { state } = this
    return this.inHand > 0 || this.passing !== undefined || state === "starting" || state === "stopping"
  }

  get inHand(): number {
    return this.waiting + (this.running === undefined ? 0 : 1)
  }

  /** How many wait behind what it runs, or is about to. */
  get spare(): number {
    return this.running === undefined ? this.waiting - 1 : this.waiting
  }

  get freeSlots(): number {
    return this.#freeSlots.length
  }

  offer(pooled: PooledAttempt): void {
    const slot = this.#freeSlots.pop()
    if (slot === undefined) throw new RangeError("Cannot offer an attempt: the worker has no free slot")
    this.#ticket = nextTicket(this.#ticket)
    pooled.state = "offered"
    pooled.worker = this
    pooled.slot = slot
    pooled.ticket = this.#ticket
    pooled.expectedMs = pooled.pace.expectedMs
    this.#inHand.set(this.#ticket, pooled)
    this.waiting++
    this.#owner.offered.add(pooled.rank)
    this.waitingMs += pooled.expectedMs
    if (this.state === "idle") this.send("assign")
    const { index } = pooled.pace
    this.#define(pooled.pace)
    const { attempt, id, key, scheduledFor, args } = pooled.attempt
    if (pooled.transfers === undefined && attempt === 1 && key === id && scheduledFor === undefined) {
      return this.#post.offer(slot, this.#ticket, index, id, args)
    }
    const ownKey = key === id ? undefined : key
    const offer: Offer = [toWorker.offer, slot, this.#ticket, index, id, args, attempt, ownKey, scheduledFor]
    if (pooled.transfers === undefined) return this.#post.send(offer)
    pooled.moved = true
    this.#post.move(offer, pooled.transfers)
    // Unless they were refused, the arguments are in the worker now, and nowhere else.
    if (pooled.state === "offered") pooled.attempt.inputMoved()
  }

  /** Its body has begun. */
  begin(ticket: number): PooledAttempt | undefined {
    const pooled = this.#inHand.get(ticket)
    if (pooled === undefined || pooled === this.running) return undefined
    // The end of the one before was in what could not be read.
    if (this.running !== undefined) condemn(this, this.running)
    this.#leaveWaiting(pooled)
    this.running = pooled
    if (pooled.pace.index !== this.#lastProven) this.#prove(pooled)
    return pooled
  }

  /** It is no longer in hand. */
  release(pooled: PooledAttempt): void {
    if (pooled.worker !== this || !this.#inHand.delete(pooled.ticket)) return
    this.#freeSlots.push(pooled.slot)
    if (this.running === pooled) this.running = undefined
    else this.#leaveWaiting(pooled)
    this.#becomeFree()
  }

  /** One that it has not begun is taken back, and the next in its turn: if it imports the module, it is not free before it has done so. */
  awaitPassing(pooled: PooledAttempt): boolean {
    if (this.passing !== undefined || this.running !== undefined || this.oldest !== pooled) return false
    if (this.#proven.has(pooled.pace.index)) return false
    this.passing = pooled
    return true
  }

  /** It has come past what was taken back. */
  passed(ticket: number): void {
    if (this.passing?.ticket === ticket) this.#prove(this.passing)
  }

  /** Its module holds up nobody any more. */
  #prove({ pace }: PooledAttempt): void {
    this.#proven.add((this.#lastProven = pace.index))
    if (this.passing === undefined) return
    this.passing = undefined
    this.send("passed")
    this.#becomeFree()
  }

  #becomeFree(): void {
    if (this.inHand > 0 || this.passing !== undefined) return
    this.waitingMs = 0
    this.send("free")
  }

  offered(ticket: number): PooledAttempt | undefined {
    return this.#inHand.get(ticket)
  }

  /** What it has begun, or will begin next. */
  get oldest(): PooledAttempt | undefined {
    return this.#inHand.values().next().value
  }

  /** Reads from shared memory what it has not said: which bodies have ended, and which one has begun. */
  look(): void {
    this.#look()
    this.#owner.heard()
  }

  #look(): void {
    const { slots } = this.#link
    if (slots === undefined) return
    for (const pooled of this.#inHand.values()) {
      const { slot, ticket } = pooled
      if (!slots.hasBegun(slot, ticket)) return
      this.#owner.begun(this, ticket)
      // It begins them in this order: if this one has not ended, none of the others has begun.
      if (!slots.hasEnded(slot, ticket)) return
      this.#owner.ended(this, pooled, slots.progress[slot] ?? 0, slots.took(slot), slots.value(slot))
    }
  }

  /** As shared memory tells; where there is none, it is not known. */
  hasBegun({ slot, ticket }: PooledAttempt): boolean {
    return this.#link.slots?.hasBegun(slot, ticket) === true
  }

  /** What it has not begun, the latest one first. */
  offeredAttempts(): readonly PooledAttempt[] {
    return [...this.#inHand.values()].filter((pooled) => pooled !== this.running).toReversed()
  }

  takeBack(pooled: PooledAttempt, as: "recalled" | "withdrawn"): void {
    const asked = pooled.state !== "offered"
    pooled.state = as
    if (!asked) this.#link.revoke(pooled.slot, pooled.ticket)
  }

  /** Lets it import the module of a definition that it is likely to be offered. */
  prepare(pace: DefinitionPace): void {
    this.#define(pace)
    this.post([toWorker.prepare, pace.index])
  }

  abort(pooled: PooledAttempt): void {
    pooled.isAborted = true
    this.#link.abort(pooled.slot, pooled.ticket)
    this.post([toWorker.abort, pooled.slot, pooled.ticket])
  }

  sample(): void {
    if (this.running !== undefined) this.#link.sample(this.running.slot, this.running.ticket)
  }

  post(envelope: ToWorker): void {
    this.#post.send(envelope)
  }

  /** Ends it; it has nothing in hand. */
  retire(): void {
    if (this.send("stop")) this.post([toWorker.stop])
  }

  /** Ends it by force. */
  terminate(): void {
    this.send("stop")
    this.#link.terminate()
  }

  // ------------------------------------------------------------------------------------------------ what its line tells us

  batch(envelopes: readonly FromWorker[]): void {
    this.#look()
    for (const envelope of envelopes) this.#owner.received(this, envelope)
    this.look()
  }

  unreadable(error: unknown): void {
    this.#look()
    this.#owner.unreadable(this, error)
  }

  revoked(_slot: number, ticket: number, won: boolean): void {
    const pooled = this.#inHand.get(ticket)
    if (pooled !== undefined) this.#owner.revoked(this, pooled, won)
  }

  progress(_slot: number, ticket: number, fraction: number): void {
    const pooled = this.#inHand.get(ticket)
    if (pooled !== undefined) this.#owner.progressed(pooled, fraction)
  }

  exited(exit: WorkerExit): void {
    this.#look()
    const before = this.state
    this.send("exit")
    this.#owner.exited(this, exit, before)
  }

  // ------------------------------------------------------------------------------------------------ what its post tells us

  refused(pooled: PooledAttempt, path: string | undefined): void {
    this.#owner.refused(this, pooled, path)
  }

  unheard(ticket: number, request: number, error: TypeError): void {
    this.desks.get(ticket)?.handled(request, true, error)
  }

  warn(message: string, cause?: unknown): void {
    this.#owner.warn(message, cause)
  }

  #define({ index, name, module }: DefinitionPace): void {
    if (this.#defined.has(index)) return
    this.#defined.add(index)
    this.#post.add([toWorker.define, index, name, module])
  }

  #leaveWaiting(pooled: PooledAttempt): void {
    this.waiting--
    this.#owner.offered.remove(pooled.rank)
    this.waitingMs -= pooled.expectedMs
  }
}
