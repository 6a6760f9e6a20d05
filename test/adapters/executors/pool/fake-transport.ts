import type {
  WorkerExit,
  WorkerLink,
  WorkerListener,
  WorkerTransport,
} from "../../../../adapters/executors/pool/transport.ts"
import {
  type FromWorker,
  fromWorker,
  type ToWorker,
  toWorker,
} from "../../../../adapters/executors/worker/envelopes.ts"

interface Offered {
  readonly slot: number
  readonly ticket: number
}

/** A worker whose every word a test speaks. Like a child process, it is asked, and answers when it likes. */
export class FakeWorker implements WorkerLink {
  readonly #listener: WorkerListener
  readonly #offered = new Map<string, Offered>()
  readonly #definitions = new Map<number, string>()
  /** Ids of attempts, in the order of their offers. */
  readonly offers: string[] = []
  /** Ids of attempts that are asked back. */
  readonly revokes: string[] = []
  readonly aborts: string[] = []
  /** Names of the definitions whose modules it is to import ahead. */
  readonly prepares: string[] = []
  /** Data of events of child tasks, as they have arrived. */
  readonly childEvents: unknown[] = []
  held = true
  terminated = false
  stopped = false
  /** It gives back what it is asked for if it has not begun it, at once, as a thread's slots do. */
  givesBack = false
  readonly #line: string[] = []
  /** Tickets of what it was asked for before it was posted. */
  readonly #revoked = new Set<number>()

  constructor(listener: WorkerListener) {
    this.#listener = listener
  }

  // ------------------------------------------------------------------------------------------------------ what is asked

  post(batch: readonly ToWorker[]): void {
    for (const envelope of structuredClone(batch)) {
      if (envelope[0] === toWorker.childEvent) this.childEvents.push(envelope[4])
      if (envelope[0] === toWorker.offer) this.#offer(envelope[4], envelope[1], envelope[2])
      if (envelope[0] === toWorker.define) this.#definitions.set(envelope[1], envelope[2])
      if (envelope[0] === toWorker.prepare) this.prepares.push(this.#definitions.get(envelope[1]) ?? "")
      if (envelope[0] === toWorker.stop) this.stopped = true
      if (envelope[0] !== toWorker.offers) continue
      for (let at = 1; at < envelope.length; at += 5) {
        this.#offer(envelope[at + 3] as string, envelope[at] as number, envelope[at + 1] as number)
      }
    }
  }

  revoke(slot: number, ticket: number): void {
    const id = this.#idOf(ticket)
    this.revokes.push(id ?? "what was never posted")
    if (id === undefined) this.#revoked.add(ticket)
    if (!this.givesBack) return
    if (id !== undefined) this.answers(id, this.#line.includes(id))
    else this.#listener.revoked(slot, ticket, true)
  }

  abort(_slot: number, ticket: number): void {
    this.aborts.push(this.#idOf(ticket) ?? "what was never posted")
  }

  sample(): void {}

  hold(held: boolean): void {
    this.held = held
  }

  terminate(): void {
    this.terminated = true
  }

  // ----------------------------------------------------------------------------------------------------- what it says

  ready(): void {
    this.#listener.batch([[fromWorker.ready]])
  }

  /** The attempt that it would begin next. */
  get next(): string | undefined {
    return this.#line[0]
  }

  /** From now on it is too late to take it back, though nobody has been told. */
  claims(id: string): void {
    this.#leave(id)
  }

  begins(id: string): void {
    this.#leave(id)
    this.#listener.batch([[fromWorker.started, this.#of(id).ticket]])
  }

  returns(id: string, took = 1): void {
    this.#listener.batch([[fromWorker.returned, this.#of(id).ticket, 0, took, `output of ${id}`]])
  }

  says(envelope: FromWorker): void {
    this.#listener.batch([envelope])
  }

  /** Says what cannot be read. */
  saysNonsense(): void {
    this.#listener.unreadable(new RangeError("too deep"))
  }

  answers(id: string, won: boolean): void {
    const { slot, ticket } = this.#of(id)
    if (won) this.#leave(id)
    this.#listener.revoked(slot, ticket, won)
  }

  exits(exit: WorkerExit = { exitCode: 1 }): void {
    this.#listener.exited(exit)
  }

  #offer(id: string, slot: number, ticket: number): void {
    this.offers.push(id)
    if (!this.#revoked.has(ticket)) this.#line.push(id)
    this.#offered.set(id, { slot, ticket })
  }

  ticketOf(id: string): number {
    return this.#of(id).ticket
  }

  #leave(id: string): void {
    const index = this.#line.indexOf(id)
    if (index >= 0) this.#line.splice(index, 1)
  }

  #of(id: string): Offered {
    const offered = this.#offered.get(id)
    if (offered === undefined) throw new Error(`${id} was never offered; there are ${this.offers.join(", ")}`)
    return offered
  }

  #idOf(ticket: number): string | undefined {
    for (const [id, offered] of this.#offered) if (offered.ticket === ticket) return id
    return undefined
  }
}

export class FakeTransport implements WorkerTransport {
  readonly place = "a fake"
  readonly canMove = false
  readonly handOverMs = 1
  readonly clone = structuredClone
  readonly workers: FakeWorker[] = []
  /** What the platform says instead of making a worker. */
  refusal: Error | undefined
  /** How often it has said so. */
  refusals = 0

  spawn(listener: WorkerListener): FakeWorker {
    if (this.refusal !== undefined) {
      this.refusals++
      throw this.refusal
    }
    const worker = new FakeWorker(listener)
    this.workers.push(worker)
    return worker
  }
}
