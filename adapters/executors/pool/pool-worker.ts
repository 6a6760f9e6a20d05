import { nextWorkerState, type WorkerEvent, type WorkerState } from "../../../machines/worker/lifecycle.ts"
import { type FromWorker, type Offer, type ToWorker, toWorker } from "../worker/envelopes.ts"
import { nextTicket, SlotTable } from "../worker/slot-table.ts"
import type { PooledAttempt } from "./pooled-attempt.ts"
import type { WorkerExit, WorkerLink, WorkerListener, WorkerTransport } from "./transport.ts"
import { WorkerPost, type WorkerPostOwner } from "./worker-post.ts"

/** Who acts upon what a worker tells. */
export interface WorkerOwner {
  changed(worker: PoolWorker, before: WorkerState, after: WorkerState): void
  received(worker: PoolWorker, envelope: FromWorker): void
  /** An attempt has been taken back, or it was too late for that. */
  revoked(worker: PoolWorker, pooled: PooledAttempt, won: boolean): void
  progressed(pooled: PooledAttempt, fraction: number): void
  /** An attempt's arguments could not be sent to it. */
  refused(worker: PoolWorker, pooled: PooledAttempt, path: string | undefined): void
  exited(worker: PoolWorker, exit: WorkerExit, before: WorkerState): void
  warn(message: string, cause?: unknown): void
}

/** One worker as its pool sees it: its life, and what it has in hand. */
export class PoolWorker implements WorkerListener, WorkerPostOwner {
  state: WorkerState = "starting"
  /** The attempt whose body has begun. */
  running: PooledAttempt | undefined
  /** Attempts offered and not begun, and what is expected of them, in milliseconds. */
  waiting = 0
  waitingMs = 0
  /** Since its start. */
  tasks = 0
  /** In bytes, as it told last. */
  memory = 0
  /** Why it could not start, or what nobody caught in it. */
  lastWords: unknown
  readonly #owner: WorkerOwner
  readonly #link: WorkerLink
  readonly #post: WorkerPost
  readonly #inHand: (PooledAttempt | undefined)[] = []
  readonly #freeSlots: number[] = []
  readonly #defined = new Set<number>()
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
    // An idle worker must not keep the program alive.
    if (this.state === "idle") this.#link.hold(false)
    else if (before === "idle") this.#link.hold(true)
    this.#owner.changed(this, before, this.state)
    return true
  }

  get inHand(): number {
    return this.waiting + (this.running === undefined ? 0 : 1)
  }

  get hasFreeSlot(): boolean {
    return this.#freeSlots.length > 0
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
    this.#inHand[slot] = pooled
    this.waiting++
    this.waitingMs += pooled.expectedMs
    if (this.state === "idle") this.send("assign")
    const { index, name, module } = pooled.pace
    if (!this.#defined.has(index)) {
      this.#defined.add(index)
      this.#post.add([toWorker.define, index, name, module])
    }
    const { attempt, id, key, scheduledFor, args } = pooled.attempt
    const ownKey = key === id ? undefined : key
    const offer: Offer = [toWorker.offer, slot, this.#ticket, index, attempt, id, ownKey, scheduledFor, args]
    if (pooled.transfers === undefined) return this.#post.send(offer)
    pooled.moved = true
    this.#post.move(offer, pooled.transfers)
    // Unless they were refused, the arguments are in the worker now, and nowhere else.
    if (pooled.state === "offered") pooled.attempt.inputMoved?.()
  }

  /** Its body has begun. */
  begin(slot: number): PooledAttempt | undefined {
    const pooled = this.#inHand[slot]
    if (pooled === undefined) return undefined
    this.#leaveWaiting(pooled)
    this.running = pooled
    return pooled
  }

  /** It is no longer in hand. */
  release(pooled: PooledAttempt): void {
    if (this.#inHand[pooled.slot] !== pooled) return
    this.#inHand[pooled.slot] = undefined
    this.#freeSlots.push(pooled.slot)
    if (this.running === pooled) this.running = undefined
    else this.#leaveWaiting(pooled)
    if (this.inHand > 0) return
    this.waitingMs = 0
    this.send("free")
  }

  inSlot(slot: number): PooledAttempt | undefined {
    return this.#inHand[slot]
  }

  /** What it has not begun, the latest one first. */
  offeredAttempts(): readonly PooledAttempt[] {
    const offered: PooledAttempt[] = []
    for (const pooled of this.#inHand) if (pooled !== undefined && pooled !== this.running) offered.push(pooled)
    return offered.toSorted((a, b) => b.serial - a.serial)
  }

  takeBack(pooled: PooledAttempt, as: "recalled" | "withdrawn"): void {
    const asked = pooled.state !== "offered"
    pooled.state = as
    if (!asked) this.#link.revoke(pooled.slot, pooled.ticket)
  }

  abort(pooled: PooledAttempt): void {
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
    for (const envelope of envelopes) this.#owner.received(this, envelope)
  }

  revoked(slot: number, ticket: number, won: boolean): void {
    const pooled = this.offered(slot, ticket)
    if (pooled !== undefined) this.#owner.revoked(this, pooled, won)
  }

  progress(slot: number, ticket: number, fraction: number): void {
    const pooled = this.offered(slot, ticket)
    if (pooled !== undefined) this.#owner.progressed(pooled, fraction)
  }

  exited(exit: WorkerExit): void {
    const before = this.state
    this.send("exit")
    this.#owner.exited(this, exit, before)
  }

  // ------------------------------------------------------------------------------------------------ what its post tells us

  offered(slot: number, ticket: number): PooledAttempt | undefined {
    const pooled = this.#inHand[slot]
    return pooled?.ticket === ticket ? pooled : undefined
  }

  refused(pooled: PooledAttempt, path: string | undefined): void {
    this.#owner.refused(this, pooled, path)
  }

  unheard(request: number, error: TypeError): void {
    this.running?.children?.handled(request, error)
  }

  warn(message: string, cause?: unknown): void {
    this.#owner.warn(message, cause)
  }

  #leaveWaiting(pooled: PooledAttempt): void {
    this.waiting--
    this.waitingMs -= pooled.expectedMs
  }
}
