import type { Outcome } from "../../../machines/task/outcome.ts"
import { childHandle } from "../../../runtime/context/child-handle.ts"
import type { ChildLink } from "../../../runtime/context/link.ts"
import {
  decodeOutcome,
  decodeSnapshot,
  type EncodedOutcome,
  type EncodedSnapshot,
} from "../../../runtime/failure/codec/failure-codec.ts"
import type { CancelReceipt } from "../../../runtime/task/receipt.ts"
import type { RunOptions } from "../../../runtime/task/run-options.ts"
import type { BodyChannel } from "./body-channel.ts"
import { fromWorker } from "./envelopes.ts"
import type { Outbox } from "./outbox.ts"
import { ToldTask } from "./told-task.ts"

type Listener = (data: unknown) => void | Promise<void>

/** A child task as a body in a worker sees it: the task itself lives at the supervisor's. */
export class ChildChannel implements ChildLink {
  /** That of another task, once it is known that this one has joined it. */
  id: string
  readonly #number: number
  readonly #parent: BodyChannel
  readonly #outbox: Outbox
  #whenDone: RunOptions["whenDone"]
  #whenEvent: RunOptions["whenEvent"]
  readonly #listeners = new Map<string, Set<Listener>>()
  #ending: Promise<Outcome<unknown> | undefined> | undefined
  #end: Outcome<unknown> | undefined
  /** Its events or its end are of interest: the last thing that comes of it is the callback of its end. */
  #isFollowed: boolean
  #isCalledBack = false

  constructor(id: string, number: number, parent: BodyChannel, outbox: Outbox, options: RunOptions) {
    this.id = id
    this.#number = number
    this.#parent = parent
    this.#outbox = outbox
    this.#whenDone = options.whenDone
    this.#whenEvent = options.whenEvent
    this.#isFollowed = options.whenDone !== undefined || options.whenEvent !== undefined
  }

  outcome(timeoutMs?: number): Promise<Outcome<unknown> | undefined> {
    if (this.#end !== undefined) return Promise.resolve(this.#end)
    return timeoutMs === undefined ? (this.#ending ??= this.#ask(undefined)) : this.#ask(timeoutMs)
  }

  async #ask(timeoutMs: number | undefined): Promise<Outcome<unknown> | undefined> {
    const { ticket } = this.#parent
    const outcome = (await this.#parent.request((request) =>
      this.#outbox.send([fromWorker.childOutcome, ticket, this.#number, request, timeoutMs]),
    )) as EncodedOutcome | undefined
    // An answer without one is that of a pool which had given the outcome before, or that of a time which is over.
    if (outcome !== undefined) this.#ended(decodeOutcome(outcome))
    return this.#end
  }

  #ended(end: Outcome<unknown>): void {
    this.#end ??= end
    this.#ending = undefined
    this.#rest()
  }

  /** Once nothing more comes: whoever holds its handle holds its outcome, and nothing else is kept. */
  #rest(): void {
    if (this.#end === undefined || (this.#isFollowed && !this.#isCalledBack)) return
    this.#listeners.clear()
    this.#whenDone = undefined
    this.#whenEvent = undefined
    this.#parent.forget(this.#number)
  }

  async cancel(reason?: string): Promise<CancelReceipt> {
    if (this.#end !== undefined) return `already-${this.#end.status}`
    const { ticket } = this.#parent
    const receipt = (await this.#parent.request((request) =>
      this.#outbox.send([fromWorker.cancelChild, ticket, this.#number, request, reason]),
    )) as CancelReceipt | undefined
    // None is given where the outcome has been.
    return receipt ?? `already-${(this.#end as Outcome<unknown> | undefined)?.status ?? "completed"}`
  }

  on(name: string, listener: Listener): () => void {
    if (this.#end !== undefined) return () => {}
    this.#isFollowed = true
    const { ticket } = this.#parent
    const listeners = this.#listeners.get(name) ?? new Set()
    if (listeners.size === 0) {
      this.#listeners.set(name, listeners)
      this.#outbox.send([fromWorker.listenToChild, ticket, this.#number, name])
    }
    // As everywhere: one function given twice is two listeners.
    const own: Listener = (data) => listener(data)
    listeners.add(own)
    return () => {
      if (!listeners.delete(own) || listeners.size > 0 || this.#end !== undefined) return
      this.#outbox.send([fromWorker.unlistenToChild, ticket, this.#number, name])
    }
  }

  /** Resolves when all listeners have handled the event, to whether there were any; rejects with the first one's error. */
  async deliver(name: string, data: unknown): Promise<boolean> {
    const handling: Promise<void>[] = []
    for (const listener of this.#listeners.get(name) ?? []) handling.push((async () => listener(data))())
    for (const end of await Promise.allSettled(handling)) if (end.status === "rejected") throw end.reason
    return handling.length > 0
  }

  /** What the body gave for an event, or, without a name, for the end. Resolves when it is through. */
  async callBack(snapshot: EncodedSnapshot, name: string | undefined, data: unknown): Promise<boolean> {
    const task = new ToldTask(decodeSnapshot(snapshot), childHandle(this), this.#parent.place)
    // Functions of the user's: a promise may come of them.
    const handling: unknown = name === undefined ? this.#whenDone?.(task) : this.#whenEvent?.(task, name, data)
    if (name === undefined) {
      this.#isCalledBack = true
      this.#rest()
    }
    await handling
    return true
  }
}
