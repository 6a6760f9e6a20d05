import type { LogLevel } from "../../../machines/task/events.ts"
import type { TaskFailure } from "../../../machines/task/outcome.ts"
import type { AnyTaskCall } from "../../../runtime/definition/definition.ts"
import type { BodyInfo, BodyLink, ChildLink, ProgressShare } from "../../../runtime/context/link.ts"
import { markedTransfers } from "../../../runtime/context/transfer.ts"
import { findUnserializable } from "../../../runtime/failure/codec/unserializable-path.ts"
import type { RunOptions } from "../../../runtime/task/run-options.ts"
import { childCall } from "./child-call.ts"
import { ChildChannel } from "./child-channel.ts"
import { type ChildCall, type FromWorker, fromWorker } from "./envelopes.ts"
import type { Outbox } from "./outbox.ts"
import type { SlotTable } from "./slot-table.ts"
import type { WorkerChannel } from "./worker-channel.ts"

/** What all bodies of a worker share. */
export interface BodyDesk {
  readonly channel: WorkerChannel
  readonly slots: SlotTable
  readonly outbox: Outbox
}

/** The link of a body in a worker: what its context does goes over the channel, or into shared memory. */
export class BodyChannel implements BodyLink {
  readonly info: BodyInfo
  readonly slot: number
  readonly ticket: number
  readonly #desk: BodyDesk
  readonly #progress: Float64Array
  #announced: boolean
  #ended = false
  #abortListeners: (() => void)[] | undefined
  /** Events whose handling the body waits for, and what it has asked about its children. */
  #asks: Map<number, (handled: boolean) => void> | undefined
  #requests: Map<number, (answer: unknown) => void> | undefined
  #lastRequest = 0
  /** Those that may still be heard of; what has ended is its handle's, if the body holds one. */
  #children: Map<number, ChildChannel> | undefined
  #lastChild = 0
  /** Children of this turn wait for its end. */
  #childrenHeld = false

  /** @param announced The pool has been told that the body begins. */
  constructor(info: BodyInfo, slot: number, ticket: number, desk: BodyDesk, announced: boolean) {
    this.info = info
    this.slot = slot
    this.ticket = ticket
    this.#desk = desk
    this.#announced = announced
    this.#progress = desk.slots.progress
  }

  progress(fraction: number): void {
    // A context outlives its body when something of the body's goes on, and its slot may be another's by then.
    if (this.#ended) return
    this.#progress[this.slot] = fraction
    this.#desk.channel.progressed?.(this.slot, this.ticket, fraction)
  }

  message(text: string): void {
    if (!this.#ended) this.#say([fromWorker.message, this.ticket, this.#fraction(), text])
  }

  event(name: string, data: unknown): void {
    if (this.#ended) return
    this.#say([fromWorker.event, this.ticket, this.#fraction(), name, data], data, markedTransfers(data))
  }

  eventAndWait(name: string, data: unknown, timeoutMs: number): Promise<boolean> {
    if (this.#ended) return Promise.resolve(false)
    return new Promise((resolve) => {
      const request = ++this.#lastRequest
      this.#asks ??= new Map()
      this.#asks.set(request, resolve)
      const ask = [fromWorker.ask, this.ticket, this.#fraction(), name, data, timeoutMs, request] as const
      this.#say(ask, data, markedTransfers(data))
    })
  }

  log(level: LogLevel, data: readonly unknown[]): void {
    if (this.#ended) return
    const changeable = data.find((item) => typeof item === "object")
    this.#say([fromWorker.log, this.ticket, this.#fraction(), level, data], changeable)
  }

  flush(): void {
    this.#beginChildren()
    this.#desk.outbox.flush()
  }

  isAborted(): boolean {
    return this.#desk.slots.isAborted(this.slot, this.ticket)
  }

  onAbort(listener: () => void): void {
    if (this.isAborted()) listener()
    else (this.#abortListeners ??= []).push(listener)
  }

  run(call: AnyTaskCall, options: RunOptions, share: ProgressShare): ChildLink {
    const { channel, outbox } = this.#desk
    const number = this.#lastChild + 1
    const id = `${this.info.id}_${this.info.attempt}_${number}`
    const data = childCall(id, call, options, share, channel.place)
    const transfers = markedTransfers(call.args)
    const send = (childData: ChildCall, moved?: readonly Transferable[]): void =>
      outbox.sendOrThrow([fromWorker.runChild, this.ticket, this.#fraction(), number, childData], moved)
    this.announce()
    try {
      send(data, transfers)
    } catch {
      const path = findUnserializable(data.args, "args", channel.clone, transfers)
      send({ ...data, args: [], failure: unserializableInput(path) })
    }
    const child = new ChildChannel(id, number, this, outbox, options)
    this.#lastChild = number
    this.#children ??= new Map()
    this.#children.set(number, child)
    this.#beginChildrenSoon()
    return child
  }

  get place(): string {
    return this.#desk.channel.place
  }

  /** Whether the pool has been told that the body begins. */
  get isAnnounced(): boolean {
    return this.#announced
  }

  /** Tells the pool, with the next post, that the body has begun. */
  announce(): void {
    if (this.#announced) return
    this.#announced = true
    this.#desk.outbox.add([fromWorker.started, this.ticket])
  }

  /** Sends a request about a child, and gives the pool's answer, which may come when the body has ended. */
  request(send: (request: number) => void): Promise<unknown> {
    return new Promise((resolve) => {
      const request = ++this.#lastRequest
      this.#requests ??= new Map()
      this.#requests.set(request, resolve)
      send(request)
    })
  }

  /** The pool's answer to a request. */
  answer(request: number, value: unknown): void {
    this.#asks?.get(request)?.(value === true)
    this.#asks?.delete(request)
    this.#requests?.get(request)?.(value)
    this.#requests?.delete(request)
  }

  child(number: number): ChildChannel | undefined {
    return this.#children?.get(number)
  }

  /** Nothing more comes from the child, and nothing more is asked about it. */
  forget(number: number): void {
    this.#children?.delete(number)
  }

  /** The child has turned out to be a task that was there before. */
  callChild(number: number, id: string): void {
    const child = this.child(number)
    if (child !== undefined) child.id = id
  }

  /** The abort has arrived in this thread. */
  abort(): void {
    if (this.#ended) return
    const listeners = this.#abortListeners ?? []
    this.#abortListeners = undefined
    for (const listener of listeners) listener()
  }

  /** The body has ended: nothing that it left behind has an effect, but for what that asks about the children. */
  end(): void {
    this.#beginChildren()
    this.#ended = true
    for (const answer of this.#asks?.values() ?? []) answer(false)
    this.#asks = undefined
  }

  get hasChildren(): boolean {
    return this.#children !== undefined
  }

  /** Asks for the end of each child that has not been asked for, so that it is known here when nobody else is there to ask. */
  followChildren(): void {
    for (const child of this.#children?.values() ?? []) void child.outcome()
  }

  /** Something is to come for it: an answer, or word of a child. */
  get isExpecting(): boolean {
    return [this.#asks, this.#requests, this.#children].some((open) => open !== undefined && open.size > 0)
  }

  /** Answers are still to come. */
  get isWaiting(): boolean {
    return this.#requests !== undefined && this.#requests.size > 0
  }

  /** After this turn, in which the body can still say what it listens to: a child's first event is not missed. */
  #beginChildrenSoon(): void {
    if (this.#childrenHeld) return
    this.#childrenHeld = true
    queueMicrotask(() => this.#beginChildren())
  }

  #beginChildren(): void {
    if (!this.#childrenHeld) return
    this.#childrenHeld = false
    this.#desk.outbox.send([fromWorker.beginChildren, this.ticket])
  }

  /** The body may change an object next, and whoever listens gets it as it was. */
  #say(envelope: FromWorker, data?: unknown, transfers?: readonly Transferable[]): void {
    const { outbox } = this.#desk
    this.announce()
    if (typeof data === "object") outbox.sendAsItIs(envelope, transfers)
    else outbox.send(envelope, transfers)
  }

  #fraction(): number {
    return this.#progress[this.slot] ?? 0
  }
}

function unserializableInput(path: string | undefined): TaskFailure {
  return { type: "serialization", side: "input", ...(path === undefined ? {} : { path }) }
}
