import type { AnyTaskDefinition } from "../../../runtime/definition/definition.ts"
import { type BodyEnd, runBody } from "../../../runtime/context/run-body.ts"
import { markedTransfers } from "../../../runtime/context/transfer.ts"
import { encodeError } from "../../../runtime/failure/codec/encode-error.ts"
import { BodyChannel, type BodyDesk } from "./body-channel.ts"
import { DefinitionLoader, Unloadable } from "./definition-loader.ts"
import { fromWorker, type Offer, type ToWorker, toWorker } from "./envelopes.ts"
import { Outbox } from "./outbox.ts"
import { runSetup } from "./set-up.ts"
import type { SlotTable } from "./slot-table.ts"
import type { WorkerChannel } from "./worker-channel.ts"

// Reading the memory costs some 10 µs: a body of a millisecond can bear that each time, shorter ones now and then.
const memoryWorthMs = 1
const memoryIntervalMs = 100

/** The inside of a worker, on any platform: takes offers, runs one body at a time, posts what comes of it. */
export class WorkerHost {
  readonly #channel: WorkerChannel
  readonly #outbox: Outbox
  readonly #desk: BodyDesk
  readonly #definitions: DefinitionLoader
  readonly #offers: Offer[] = []
  #body: BodyChannel | undefined
  #loading = false
  #bodySince = 0
  #memoryToldAt = 0

  constructor(channel: WorkerChannel, slots: SlotTable) {
    this.#channel = channel
    this.#outbox = new Outbox(channel, (request) => this.#body?.answer(request, false))
    this.#desk = { channel, slots, outbox: this.#outbox }
    this.#definitions = new DefinitionLoader(channel)
  }

  /** Runs the set-up module, if there is one, and reports for duty. A failure ends the worker. */
  async start(setup: string | undefined): Promise<void> {
    const failure = setup === undefined ? undefined : await runSetup(setup, this.#channel)
    this.#outbox.add(failure === undefined ? [fromWorker.ready] : [fromWorker.unready, encodeError(failure)])
    this.#outbox.flush()
    if (failure !== undefined) this.#channel.exit(1)
  }

  receive(batch: readonly ToWorker[]): void {
    for (const envelope of batch) this.#take(envelope)
    if (this.#body === undefined && !this.#loading) this.#next()
  }

  /** Something threw where nobody could catch it. The worker must end now: nobody knows what state it is in. */
  uncaught(thrown: unknown): void {
    this.#outbox.add([fromWorker.uncaught, encodeError(thrown)])
    this.#outbox.flush()
  }

  /** The worker ends: what waits goes now or never. */
  flush(): void {
    this.#outbox.flush()
  }

  #take(envelope: ToWorker): void {
    switch (envelope[0]) {
      case toWorker.define:
        return this.#definitions.define(envelope[1], envelope[2], envelope[3])
      case toWorker.offer:
        this.#offers.push(envelope)
        return
      case toWorker.abort:
        return this.#bodyWith(envelope[2])?.abort()
      case toWorker.answer:
        return this.#bodyWith(envelope[1])?.answer(envelope[2], envelope[3])
      case toWorker.childEvent:
        return this.#deliver(envelope[1], envelope[2], envelope[3], envelope[4], envelope[5])
      case toWorker.stop:
        return this.#channel.exit(0)
    }
  }

  #bodyWith(ticket: number): BodyChannel | undefined {
    return this.#body?.ticket === ticket ? this.#body : undefined
  }

  #deliver(ticket: number, child: number, name: string, data: unknown, request: number): void {
    const body = this.#bodyWith(ticket)
    const handled = body?.child(child)?.deliver(name, data) ?? Promise.reject(new Error("The listener has ended"))
    handled.then(
      () => this.#outbox.send([fromWorker.handled, request, undefined]),
      (error: unknown) => this.#outbox.send([fromWorker.handled, request, encodeError(error)]),
    )
  }

  /**
   * Begins what has been offered, one after another. A synchronous body costs no promise. At the border between two bodies the
   * end of the one and the start of the other are posted, before the other begins: if it kills the worker, or computes for
   * long, no finished neighbour is lost or waits with it. (Gathering the ends of 64 no-op tasks instead would save 0.5 µs
   * each.)
   */
  #next(): void {
    for (let offer = this.#offers.shift(); offer !== undefined; offer = this.#offers.shift()) {
      const definition = this.#definitions.get(offer[3])
      if (definition instanceof Promise) {
        this.#load(definition, offer)
        break
      }
      // Claimed as late as possible: while a module is imported its task can still be taken back.
      if (!this.#desk.slots.claim(offer[1], offer[2])) continue
      const end = this.#begin(offer, definition)
      if (end === undefined) continue
      if (isPromise(end)) {
        void end.then((late) => {
          this.#finish(late)
          this.#next()
        })
        break
      }
      this.#finish(end)
    }
    this.#outbox.flush()
  }

  #load(definition: Promise<unknown>, offer: Offer): void {
    this.#loading = true
    void definition.then(() => {
      this.#loading = false
      this.#offers.unshift(offer)
      this.#next()
    })
  }

  #begin(offer: Offer, definition: AnyTaskDefinition | Unloadable): BodyEnd | Promise<BodyEnd> | undefined {
    const [, slot, ticket, , attempt, id, key, scheduledFor, args] = offer
    if (definition instanceof Unloadable) {
      this.#outbox.add([fromWorker.unloadable, slot, encodeError(definition.error)])
      return undefined
    }
    this.#desk.slots.progress[slot] = 0
    this.#outbox.add([fromWorker.started, slot])
    this.#outbox.flush()
    const body = new BodyChannel({ id, key: key ?? id, attempt, scheduledFor }, slot, ticket, this.#desk)
    this.#body = body
    this.#bodySince = performance.now()
    return runBody(definition.body, body.info, body, args)
  }

  #finish(end: BodyEnd): void {
    const body = this.#body
    if (body === undefined) return
    body.end()
    this.#body = undefined
    const { slot } = body
    const now = performance.now()
    const took = now - this.#bodySince
    const progress = this.#desk.slots.progress[slot] ?? 0
    if (end.type === "returned") {
      this.#outbox.add([fromWorker.returned, slot, progress, took, end.value], markedTransfers(end.value))
    } else {
      this.#outbox.add([fromWorker.threw, slot, progress, took, encodeError(end.error), end.retry])
    }
    this.#tellMemory(now, took)
  }

  #tellMemory(now: number, took: number): void {
    const { memory } = this.#channel
    if (memory === undefined) return
    if (took < memoryWorthMs && now - this.#memoryToldAt < memoryIntervalMs) return
    this.#memoryToldAt = now
    this.#outbox.add([fromWorker.memory, memory()])
  }
}

/** By its method: a body's own kind of promise may come through. */
function isPromise(end: BodyEnd | Promise<BodyEnd>): end is Promise<BodyEnd> {
  return "then" in end
}
