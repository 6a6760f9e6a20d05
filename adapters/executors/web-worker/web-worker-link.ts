import type { WorkerLink, WorkerListener } from "../pool/transport.ts"
import type { ToWorker } from "../worker/envelopes.ts"
import { SlotTable } from "../worker/slot-table.ts"
import type { Birth } from "./birth.ts"
import { DistantSlots } from "./distant-slots.ts"
import { newLifeLock, whenFreed } from "./life-lock.ts"
import { withAddressesOfPage } from "./prepared.ts"
import { SharedSlots } from "./shared-slots.ts"
import type { SlotLine } from "./slot-line.ts"
import type { SaidByWorker, SaidToWorker, WordFromWorker } from "./words.ts"

/** The page's end of the line to one web worker. */
export class WebWorkerLink implements WorkerLink {
  readonly slots: SlotTable | undefined
  readonly #listener: WorkerListener
  readonly #worker: Worker
  readonly #port: MessagePort
  readonly #slotLine: SlotLine
  readonly #lifeLock = newLifeLock()
  readonly #prepared: boolean
  /** Its lock will tell when it is gone. */
  #locked = false
  #exitCode: number | undefined
  #error: unknown
  #gone = false

  constructor(setup: string | undefined, shared: boolean, listener: WorkerListener) {
    this.#listener = listener
    this.#prepared = setup !== undefined
    // Spelt like this, bundlers see that it is a worker, and bundle it.
    this.#worker = new Worker(new URL("./entry.js", import.meta.url), { type: "module", name: "tasktor" })
    // A channel of our own: bodies may use the worker's, and what a dying worker has sent still comes by it.
    const { port1, port2 } = new MessageChannel()
    const buffer = shared ? new SharedArrayBuffer(SlotTable.byteLength) : undefined
    this.#port = port1
    this.#slotLine =
      buffer === undefined
        ? new DistantSlots(
            (word) => this.#say(word),
            listener,
            () => this.terminate(),
          )
        : new SharedSlots(buffer, listener)
    this.slots = this.#slotLine.table
    this.#listen()
    const birth: Birth = { port: port2, slots: buffer, setup, lifeLock: this.#lifeLock }
    this.#worker.postMessage(birth, [port2])
  }

  post(batch: readonly ToWorker[], transfer: readonly Transferable[]): void {
    this.#say(batch, transfer)
  }

  revoke(slot: number, ticket: number): void {
    this.#slotLine.revoke(slot, ticket)
  }

  abort(slot: number, ticket: number): void {
    this.#slotLine.abort(slot, ticket)
  }

  sample(slot: number, ticket: number): void {
    this.#slotLine.sample(slot, ticket)
  }

  /** A page lives as long as its reader likes. */
  hold(): void {}

  terminate(): void {
    this.#worker.terminate()
    if (!this.#locked) this.#exited()
  }

  #listen(): void {
    const unreadable = (): void =>
      this.#listener.unreadable(new TypeError("A web worker has sent what this page cannot read"))
    this.#port.onmessage = ({ data }: MessageEvent<SaidByWorker | null>) => {
      // So Chromium tells it.
      if (data === null) return unreadable()
      if (isWord(data)) return this.#obey(data)
      this.#slotLine.overhear(data)
      this.#listener.batch(this.#prepared ? withAddressesOfPage(data) : data)
    }
    this.#port.onmessageerror = unreadable
    this.#worker.onerror = (event) => {
      event.preventDefault()
      this.#fail(errorOf(event))
    }
  }

  #say(said: SaidToWorker, transfer: readonly Transferable[] = []): void {
    this.#port.postMessage(said, transfer as Transferable[])
  }

  #obey(word: WordFromWorker): void {
    switch (word.type) {
      case "alive":
        if (word.locked && this.#lifeLock !== undefined) this.#watch(this.#lifeLock)
        return
      case "exit":
        this.#exitCode = word.code
        if (!this.#locked) this.#exited()
        return
      default:
        return this.#slotLine.hear(word)
    }
  }

  #watch(lifeLock: string): void {
    this.#locked = true
    // Refused to a page that is on its way out, and takes its workers along.
    void whenFreed(lifeLock).then(
      () => this.#exited(),
      () => this.#exited(),
    )
  }

  #fail(error: unknown): void {
    this.#error ??= error
    this.terminate()
  }

  /** It is gone; what it had sent is on its way. A message of our own comes after all of that. */
  #exited(): void {
    if (this.#gone) return
    this.#gone = true
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      this.#port.close()
      this.#slotLine.close()
      this.#listener.exited({
        ...(this.#exitCode === undefined ? {} : { exitCode: this.#exitCode }),
        ...(this.#error === undefined ? {} : { error: this.#error }),
      })
    }
    port2.postMessage(undefined)
  }
}

function isWord(said: SaidByWorker): said is WordFromWorker {
  return !Array.isArray(said)
}

/** A script that cannot be had is told by an event without a word. */
function errorOf({ error, message }: Partial<ErrorEvent>): Error {
  if (error instanceof Error) return error
  const why = message ?? "its script, entry.js of the web-worker executor, could not be loaded"
  return new Error(`Cannot start a web worker: ${why}`)
}
