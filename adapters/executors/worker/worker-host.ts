import { type BodyEnd, runBody } from "../../../runtime/context/run-body.ts"
import { markedTransfers } from "../../../runtime/context/transfer.ts"
import { encodeError } from "../../../runtime/failure/codec/encode-error.ts"
import { BodyChannel, type BodyDesk } from "./body-channel.ts"
import type { ChildChannel } from "./child-channel.ts"
import { DefinitionLoader, type Runnable, Unloadable } from "./definition-loader.ts"
import { fromWorker, type ToWorker, toWorker } from "./envelopes.ts"
import { loadEffectRunner } from "./load-effect-runner.ts"
import type { MeanTime } from "./mean-time.ts"
import { type Offered, offeredBy } from "./offered.ts"
import { Outbox } from "./outbox.ts"
import { runSetup } from "./set-up.ts"
import type { SlotTable } from "./slot-table.ts"
import type { WorkerChannel } from "./worker-channel.ts"

// Reading the memory costs some 10 µs: a body of a millisecond can bear that each time, shorter ones now and then.
const memoryWorthMs = 1
const memoryIntervalMs = 100

/** In UTF-16 units: so much is written in a few microseconds. */
const shortText = 1024

/** A body that is expected to be over sooner than this is not announced: a message to the pool would take as long. */
const quietMs = 0.2

/** The inside of a worker, on any platform: takes offers, runs one body at a time, posts what comes of it. */
export class WorkerHost {
  readonly #channel: WorkerChannel
  readonly #outbox: Outbox
  readonly #desk: BodyDesk
  readonly #definitions: DefinitionLoader
  readonly #offered: Offered[] = []
  #body: BodyChannel | undefined
  /** Bodies that have ended before their children, by ticket. */
  readonly #parted = new Map<number, BodyChannel>()
  #time: MeanTime | undefined
  #loading = false
  #bodySince = 0
  #memoryToldAt = 0
  /** Bodies have ended in the slot table, and the pool has not been told to look there. */
  #uncollected = false
  /** The last attempt that it has heard of, and whether it hears of others still. */
  #heard = 0
  #isDeaf = false

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
    this.#body?.announce()
    this.#outbox.add([fromWorker.uncaught, encodeError(thrown)])
    this.#outbox.flush()
  }

  /**
   * A batch has come that cannot be read here, and nobody knows what it said. It takes nothing more, and ends what it has begun, unless
   * that may wait for what is lost.
   */
  unread(thrown: unknown): void {
    this.#isDeaf = true
    this.#outbox.send([fromWorker.unread, this.#heard, encodeError(thrown)])
    if (this.#body?.isExpecting !== true) return
    this.uncaught(thrown)
    this.#channel.exit(1)
  }

  /** The worker ends: what waits goes now or never. */
  flush(): void {
    this.#outbox.flush()
  }

  #tellOfQuietEnds(): void {
    if (!this.#uncollected) return
    this.#uncollected = false
    this.#outbox.add([fromWorker.collect])
  }

  #take(envelope: ToWorker): void {
    switch (envelope[0]) {
      case toWorker.define:
        return this.#definitions.define(envelope[1], envelope[2], envelope[3])
      case toWorker.offer:
      case toWorker.offers:
        return this.#hear(offeredBy(envelope))
      case toWorker.abort:
        return this.#bodyWith(envelope[2])?.abort()
      case toWorker.answer:
        return this.#answer(envelope[1], envelope[2], envelope[3])
      case toWorker.childIs:
        return this.#parentWith(envelope[1])?.callChild(envelope[2], envelope[3])
      case toWorker.childEvent: {
        const [, ticket, child, name, data, request] = envelope
        return this.#handle(ticket, request, this.#childOf(ticket, child)?.deliver(name, data))
      }
      case toWorker.childCallback: {
        const [, ticket, child, snapshot, name, data, request] = envelope
        return this.#handle(ticket, request, this.#childOf(ticket, child)?.callBack(snapshot, name, data))
      }
      case toWorker.stop:
        return this.#channel.exit(0)
      case toWorker.prepare:
        void this.#definitions.get(envelope[1])
    }
  }

  #hear(all: readonly Offered[]): void {
    // What an unreadable batch defined may be missing.
    if (this.#isDeaf) return
    this.#offered.push(...all)
    this.#heard = all.at(-1)?.ticket ?? this.#heard
  }

  #bodyWith(ticket: number): BodyChannel | undefined {
    return this.#body?.ticket === ticket ? this.#body : undefined
  }

  #parentWith(ticket: number): BodyChannel | undefined {
    return this.#bodyWith(ticket) ?? this.#parted.get(ticket)
  }

  #answer(ticket: number, request: number, value: unknown): void {
    this.#parentWith(ticket)?.answer(request, value)
    const parted = this.#parted.get(ticket)
    if (parted === undefined || parted.isWaiting) return
    this.#parted.delete(ticket)
    this.#outbox.send([fromWorker.childrenGone, ticket])
  }

  #childOf(ticket: number, child: number): ChildChannel | undefined {
    return this.#parentWith(ticket)?.child(child)
  }

  /** Tells the pool when what it asked for has been handled, and whether anybody was there for it. */
  #handle(ticket: number, request: number, handling: Promise<boolean> = Promise.resolve(false)): void {
    handling.then(
      (heard) => this.#outbox.send([fromWorker.handled, ticket, request, heard, undefined]),
      (error: unknown) => this.#outbox.send([fromWorker.handled, ticket, request, true, encodeError(error)]),
    )
  }

  /** A body with children has ended: what it left behind may ask about them until they have ended too. */
  #part(body: BodyChannel): void {
    body.followChildren()
    if (body.isWaiting) this.#parted.set(body.ticket, body)
    else this.#outbox.add([fromWorker.childrenGone, body.ticket])
  }

  /**
   * Begins what has been offered, one after another. A synchronous body costs no promise. At the border between two bodies all
   * is posted before the second one begins: if it kills the worker, or computes for long, no finished neighbour is lost or
   * waits with it. Where the pool reads the slot table, what is expected to be short has its whole life there instead.
   */
  #next(): void {
    for (let offered = this.#offered.shift(); offered !== undefined; offered = this.#offered.shift()) {
      if (this.#desk.slots.isRevoked(offered.slot, offered.ticket)) {
        this.#passBy(offered)
        continue
      }
      const loaded = this.#definitions.get(offered.definition)
      if (loaded instanceof Promise) {
        this.#load(loaded, offered)
        break
      }
      if (loaded instanceof Unloadable) {
        this.#outbox.add([fromWorker.unloadable, offered.ticket, encodeError(loaded.error)])
        continue
      }
      this.#desk.slots.progress[offered.slot] = 0
      // Claimed as late as possible: while a module is imported its task can still be taken back.
      if (!this.#desk.slots.claim(offered.slot, offered.ticket)) {
        this.#passBy(offered)
        continue
      }
      const end = this.#begin(offered, loaded)
      if (isPromise(end)) {
        this.#await(end)
        return
      }
      this.#finish(end)
    }
    this.#tellOfQuietEnds()
    this.#outbox.flush()
  }

  #load(loading: Promise<unknown>, offered: Offered): void {
    this.#loading = true
    void loading.then(() => {
      this.#loading = false
      this.#offered.unshift(offered)
      this.#next()
    })
  }

  /** The pool waits for this where it cannot know whether the thread is busy with the import of the module. */
  #passBy({ definition, ticket }: Offered): void {
    if (!this.#definitions.hasBegun(definition)) this.#outbox.add([fromWorker.passed, ticket])
  }

  #begin(offered: Offered, runnable: Runnable): BodyEnd | Promise<BodyEnd> {
    const { slot, ticket } = offered
    const { definition, time } = runnable
    const isQuiet = this.#channel.quiet !== undefined && time.expectedMs < quietMs
    if (!isQuiet) {
      this.#tellOfQuietEnds()
      this.#outbox.add([fromWorker.started, ticket])
    }
    this.#outbox.flush()
    runnable.begun = true
    const body = new BodyChannel(offered, slot, ticket, this.#desk, !isQuiet)
    this.#body = body
    this.#time = time
    this.#bodySince = performance.now()
    return runBody(definition.body, offered, body, offered.args, loadEffectRunner)
  }

  #await(end: Promise<BodyEnd>): void {
    const body = this.#body
    void end.then((late) => {
      this.#finish(late)
      this.#next()
    })
    if (body?.isAnnounced !== false) return
    // It may be over in the next microtask; if not, the pool is told.
    this.#channel.quiet?.later(() => {
      if (this.#body !== body) return
      this.#tellOfQuietEnds()
      body.announce()
      this.#outbox.flush()
    })
  }

  #finish(end: BodyEnd): void {
    const body = this.#body
    if (body === undefined) return
    body.end()
    this.#body = undefined
    const now = performance.now()
    const took = now - this.#bodySince
    this.#time?.took(took)
    if (end.type === "returned" && !body.isAnnounced && this.#desk.slots.end(body.slot, body.ticket, took, end.value)) {
      this.#uncollected = true
      // So that the pool has something to do meanwhile.
      if (now - this.#outbox.sentAt > quietMs) this.#tellOfQuietEnds()
    } else {
      this.#tellEnd(body, end, took)
      if (body.hasChildren) this.#part(body)
    }
    this.#tellMemory(now, took)
  }

  #tellEnd(body: BodyChannel, end: BodyEnd, took: number): void {
    const { slot, ticket } = body
    const progress = this.#desk.slots.progress[slot] ?? 0
    body.announce()
    if (end.type === "returned") {
      this.#outbox.add([fromWorker.returned, ticket, progress, took, end.value], markedTransfers(end.value))
      // If the pool cannot read it, or gets it slowly, it must not miss with it that the next body begins.
      if (this.#channel.quiet === undefined && !isShort(end.value)) this.#outbox.flush()
    } else {
      this.#outbox.add([fromWorker.threw, ticket, progress, took, encodeError(end.error), end.retry])
    }
  }

  #tellMemory(now: number, took: number): void {
    const { memory } = this.#channel
    if (memory === undefined) return
    if (took < memoryWorthMs && now - this.#memoryToldAt < memoryIntervalMs) return
    this.#memoryToldAt = now
    this.#outbox.add([fromWorker.memory, memory()])
  }
}

/** Not for long on its way, and readable in any case. */
function isShort(value: unknown): boolean {
  return typeof value === "string" ? value.length <= shortText : typeof value !== "object"
}

/** By its method: a body's own kind of promise may come through. */
function isPromise(end: BodyEnd | Promise<BodyEnd>): end is Promise<BodyEnd> {
  return "then" in end
}
