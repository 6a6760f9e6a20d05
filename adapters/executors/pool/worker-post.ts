import type { TaskFailure } from "../../../machines/task/outcome.ts"
import { type CloneCheck, findUnserializable } from "../../../runtime/failure/codec/unserializable-path.ts"
import { type Offer, type Offers, type ToWorker, toWorker } from "../worker/envelopes.ts"
import type { PooledAttempt } from "./pooled-attempt.ts"
import type { WorkerLink, WorkerTransport } from "./transport.ts"

/** Who is told what became of a post. */
export interface WorkerPostOwner {
  /** The attempt that an offer was made of, unless it has been taken back. */
  offered(ticket: number): PooledAttempt | undefined
  /** An attempt's arguments cannot be cloned. */
  refused(pooled: PooledAttempt, path: string | undefined): void
  /** A child's event, for the body with that ticket, cannot be cloned. */
  unheard(ticket: number, request: number, error: TypeError): void
  warn(message: string, cause?: unknown): void
}

/** What goes to a worker: one batch for each turn of the event loop, in order, nothing lost for a neighbour's bad value. */
export class WorkerPost {
  readonly #transport: WorkerTransport
  readonly #link: WorkerLink
  readonly #owner: WorkerPostOwner
  #batch: ToWorker[] = []
  /** The batch's last envelope, where that holds offers and can take more. */
  #offers: unknown[] | undefined
  #scheduled = false

  constructor(transport: WorkerTransport, link: WorkerLink, owner: WorkerPostOwner) {
    this.#transport = transport
    this.#link = link
    this.#owner = owner
  }

  /** An attempt of the plain kind goes with all else that is posted in this turn. */
  offer(slot: number, ticket: number, definition: number, id: string, args: readonly unknown[]): void {
    if (this.#offers === undefined) {
      this.#offers = [toWorker.offers]
      this.send(this.#offers as unknown as Offers)
    }
    this.#offers.push(slot, ticket, definition, id, args)
  }

  /** Goes with the next post. */
  add(envelope: ToWorker): void {
    this.#offers = undefined
    this.#batch.push(envelope)
  }

  /** Goes with all else that is posted in this turn. */
  send(envelope: ToWorker): void {
    if (envelope[0] !== toWorker.offers) this.#offers = undefined
    this.#batch.push(envelope)
    // A child may change an object next, and its parent gets it as it was.
    if (isEventWithObject(envelope)) return this.#flush()
    if (this.#scheduled) return
    this.#scheduled = true
    queueMicrotask(() => {
      this.#scheduled = false
      this.#flush()
    })
  }

  /** Moves `transfers` into the worker with this envelope, at once: what is moved later might have changed. */
  move(envelope: ToWorker, transfers: readonly Transferable[]): void {
    this.#flush()
    this.#postAlone(envelope, transfers)
  }

  #flush(): void {
    const batch = this.#batch
    if (batch.length === 0) return
    this.#batch = []
    this.#offers = undefined
    try {
      this.#link.post(batch, [])
    } catch {
      // One of them cannot be cloned, and none was sent.
      for (const envelope of batch) {
        if (envelope[0] !== toWorker.offers) this.#postAlone(envelope, [])
        else for (const offer of apart(envelope)) this.#postAlone(offer, [])
      }
    }
  }

  #postAlone(envelope: ToWorker, transfers: readonly Transferable[]): void {
    try {
      this.#link.post([envelope], transfers)
    } catch (error) {
      this.#substitute(envelope, error)
    }
  }

  #substitute(envelope: ToWorker, error: unknown): void {
    const { clone } = this.#transport
    switch (envelope[0]) {
      case toWorker.offer: {
        const pooled = this.#owner.offered(envelope[2])
        if (pooled === undefined) return
        const path = findUnserializable(pooled.attempt.args, "args", clone, pooled.transfers)
        return this.#owner.refused(pooled, path)
      }
      case toWorker.answer: {
        // Answers are made of what can be cloned, but for the output of a child.
        const [kind, ticket, request, outcome] = envelope
        const failure = unserializable(outcome, clone)
        return this.#link.post([[kind, ticket, request, { status: "failed", failure, attempts: [failure] }]], [])
      }
      case toWorker.childCallback: {
        const [kind, ticket, child, snapshot, name, , request] = envelope
        if (name !== undefined) return this.#lose(ticket, request, envelope[5], name)
        const failure = unserializable(snapshot.outcome, clone)
        const outcome = { status: "failed", failure, attempts: [failure] } as const
        return this.#link.post(
          [[kind, ticket, child, { ...snapshot, status: "failed", outcome }, name, undefined, request]],
          [],
        )
      }
      case toWorker.childEvent:
        return this.#lose(envelope[1], envelope[5], envelope[4], envelope[3])
      case toWorker.define:
      case toWorker.offers:
      case toWorker.abort:
      case toWorker.childIs:
      case toWorker.stop:
      case toWorker.prepare:
        return this.#owner.warn(`Cannot post to ${this.#transport.place}`, error)
    }
  }

  #lose(ticket: number, request: number, data: unknown, name: string): void {
    const { clone, place } = this.#transport
    const path = findUnserializable(data, `event(${JSON.stringify(name)})`, clone)
    const reason = `Cannot pass an event of a child task into ${place}: ${path} cannot be cloned`
    this.#owner.unheard(ticket, request, new TypeError(reason))
    this.#owner.warn(reason)
  }
}

/** The failure of a child whose output cannot cross to its parent. */
function unserializable(outcome: unknown, clone: CloneCheck): Extract<TaskFailure, { type: "serialization" }> {
  const path = findUnserializable(outcome, "child", clone)?.replace(/^child\.output/, "output")
  return { type: "serialization", side: "output", ...(path === undefined ? {} : { path }) }
}

function isEventWithObject(envelope: ToWorker): boolean {
  if (envelope[0] === toWorker.childEvent) return typeof envelope[4] === "object"
  return envelope[0] === toWorker.childCallback && envelope[4] !== undefined && typeof envelope[5] === "object"
}

function apart(offers: Offers): readonly Offer[] {
  const all: Offer[] = []
  for (let at = 1; at < offers.length; at += 5) {
    const [slot, ticket, definition, id, args] = offers.slice(at, at + 5) as [number, number, number, string, unknown[]]
    all.push([toWorker.offer, slot, ticket, definition, id, args, 1, undefined, undefined])
  }
  return all
}
