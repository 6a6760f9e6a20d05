import type { Outcome } from "../../../machines/task/outcome.ts"
import type { ChildLink } from "../../../runtime/context/link.ts"
import { decodeOutcome, type EncodedOutcome } from "../../../runtime/failure/codec/failure-codec.ts"
import type { CancelReceipt } from "../../../runtime/task/receipt.ts"
import type { BodyChannel } from "./body-channel.ts"
import { fromWorker } from "./envelopes.ts"
import type { Outbox } from "./outbox.ts"

type Listener = (data: unknown) => void | Promise<void>

/** A child task as a body in a worker sees it: the task itself lives at the supervisor's. */
export class ChildChannel implements ChildLink {
  readonly id: string
  readonly #number: number
  readonly #parent: BodyChannel
  readonly #outbox: Outbox
  readonly #listeners = new Map<string, Set<Listener>>()
  #outcome: Promise<Outcome<unknown>> | undefined

  constructor(id: string, number: number, parent: BodyChannel, outbox: Outbox) {
    this.id = id
    this.#number = number
    this.#parent = parent
    this.#outbox = outbox
  }

  outcome(): Promise<Outcome<unknown>> {
    const { ticket, info } = this.#parent
    // What a body that has ended would hear: its children end with it.
    const orphaned: EncodedOutcome = { status: "cancelled", reason: { type: "parent", parent: info.id } }
    this.#outcome ??= this.#parent
      .request((request) => this.#outbox.send([fromWorker.childOutcome, ticket, this.#number, request]), orphaned)
      .then((outcome) => decodeOutcome(outcome as EncodedOutcome))
    return this.#outcome
  }

  cancel(reason?: string): Promise<CancelReceipt> {
    const { ticket } = this.#parent
    return this.#parent.request(
      (request) => this.#outbox.send([fromWorker.cancelChild, ticket, this.#number, request, reason]),
      "unknown",
    ) as Promise<CancelReceipt>
  }

  on(name: string, listener: Listener): () => void {
    let listeners = this.#listeners.get(name)
    if (listeners === undefined) {
      listeners = new Set()
      this.#listeners.set(name, listeners)
      this.#outbox.send([fromWorker.listenToChild, this.#parent.ticket, this.#number, name])
    }
    listeners.add(listener)
    return () => listeners.delete(listener)
  }

  /** Resolves when all listeners have handled the event; rejects with the first one's error. */
  async deliver(name: string, data: unknown): Promise<void> {
    const listeners = [...(this.#listeners.get(name) ?? [])]
    const ends = await Promise.allSettled(listeners.map(async (listener) => listener(data)))
    for (const end of ends) if (end.status === "rejected") throw end.reason
  }
}
