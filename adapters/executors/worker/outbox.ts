import { toPlain } from "../../../runtime/failure/codec/encode-error.ts"
import { findUnserializable } from "../../../runtime/failure/codec/unserializable-path.ts"
import { type FromWorker, fromWorker } from "./envelopes.ts"
import type { WorkerChannel } from "./worker-channel.ts"

/** A body that sends in a loop without yielding is heard at this pace. */
const longestWaitMs = 1

const none: readonly Transferable[] = []

type Give = WorkerChannel["post"]

/** What goes to the pool: one batch for each turn of the event loop, in order, nothing lost for a neighbour's bad value. */
export class Outbox {
  readonly #channel: WorkerChannel
  /** Told of the request whose event could not be sent, so that nobody waits for its answer. */
  readonly #refused: (request: number) => void
  #batch: FromWorker[] = []
  /** Only of envelopes that move something: nearly none. */
  #transfers: Map<FromWorker, readonly Transferable[]> | undefined
  /** Tickets of bodies that sent an event that cannot cross, with its path: they fail at their end. */
  readonly #spoilt = new Map<number, string | undefined>()
  #scheduled = false
  /** The channel holds something that it has not posted. */
  #isHolding = false
  #sentAt = 0

  constructor(channel: WorkerChannel, refused: (request: number) => void) {
    this.#channel = channel
    this.#refused = refused
  }

  /** Goes with the next flush. */
  add(envelope: FromWorker, transfers?: readonly Transferable[]): void {
    this.#batch.push(envelope)
    if (transfers !== undefined) (this.#transfers ??= new Map()).set(envelope, transfers)
  }

  /** Goes at the end of this turn at the latest. */
  send(envelope: FromWorker, transfers?: readonly Transferable[]): void {
    this.add(envelope, transfers)
    if (this.#isDue) this.flush()
    else this.#flushSoon()
  }

  /** As `send`, for what may change within this turn: it is taken as it is now, and the first of them goes at once. */
  sendAsItIs(envelope: FromWorker, transfers?: readonly Transferable[]): void {
    this.add(envelope, transfers)
    const { hold } = this.#channel
    if (hold === undefined) return this.flush()
    if (!this.#scheduled || this.#isDue) {
      this.#flushSoon()
      return this.flush()
    }
    this.#isHolding = true
    this.#pass((batch) => hold(batch))
    this.#flushSoon()
  }

  /** Goes at once, after what waits; throws what the channel throws, and has then not been sent. */
  sendOrThrow(envelope: FromWorker, transfers: readonly Transferable[] = none): void {
    this.flush()
    this.#channel.post([envelope], transfers)
  }

  /** When something went the last time. */
  get sentAt(): number {
    return this.#sentAt
  }

  flush(): void {
    if (this.#batch.length === 0 && !this.#isHolding) return
    this.#isHolding = false
    this.#sentAt = performance.now()
    this.#pass((batch, transfers) => this.#channel.post(batch, transfers))
  }

  get #isDue(): boolean {
    return performance.now() - this.#sentAt > longestWaitMs
  }

  #flushSoon(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    queueMicrotask(() => {
      this.#scheduled = false
      this.flush()
    })
  }

  /** Gives the channel what waits, together or, where one of them cannot be cloned, each by itself. */
  #pass(give: Give): void {
    const batch = this.#batch
    const transfers = this.#transfers
    this.#batch = []
    this.#transfers = undefined
    if (this.#spoilt.size === 0 || batch.length === 0) {
      try {
        return give(batch, transfers === undefined ? none : [...transfers.values()].flat())
      } catch {
        // None was sent.
      }
    }
    for (const envelope of batch) this.#giveAlone(envelope, transfers?.get(envelope) ?? none, give)
  }

  #giveAlone(envelope: FromWorker, transfers: readonly Transferable[], give: Give): void {
    try {
      give([this.#spoil(envelope)], transfers)
    } catch {
      give([this.#substitute(envelope)], none)
    }
  }

  /** A body one of whose events was lost has not done what its output says. */
  #spoil(envelope: FromWorker): FromWorker {
    if (this.#spoilt.size === 0) return envelope
    if (envelope[0] !== fromWorker.returned && envelope[0] !== fromWorker.threw) return envelope
    const [kind, ticket, progress, took] = envelope
    const path = this.#spoilt.get(ticket)
    if (!this.#spoilt.delete(ticket) || kind === fromWorker.threw) return envelope
    return [fromWorker.unsendable, ticket, progress, took, path]
  }

  #substitute(envelope: FromWorker): FromWorker {
    switch (envelope[0]) {
      case fromWorker.returned: {
        const [, ticket, progress, took, value] = envelope
        return [fromWorker.unsendable, ticket, progress, took, this.#path(value, "output")]
      }
      case fromWorker.ask:
        this.#refused(envelope[6])
        return this.#lose(envelope[1], envelope[2], envelope[3], envelope[4])
      case fromWorker.event:
        return this.#lose(envelope[1], envelope[2], envelope[3], envelope[4])
      case fromWorker.log: {
        const [kind, ticket, progress, level, data] = envelope
        return [kind, ticket, progress, level, toPlain(data)]
      }
      default:
        throw new TypeError(`Cannot send envelope ${envelope[0]}: it is made of what can be cloned`)
    }
  }

  #lose(ticket: number, progress: number, name: string, data: unknown): FromWorker {
    const path = this.#path(data, `event(${JSON.stringify(name)})`)
    this.#spoilt.set(ticket, path)
    return [
      fromWorker.log,
      ticket,
      progress,
      "error",
      [`Cannot send event ${JSON.stringify(name)}: ${path} cannot be cloned`],
    ]
  }

  #path(value: unknown, name: string): string | undefined {
    return findUnserializable(value, name, this.#channel.clone)
  }
}
