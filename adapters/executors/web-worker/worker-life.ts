import { SlotTable } from "../worker/slot-table.ts"
import { WorkerHost } from "../worker/worker-host.ts"
import type { Birth } from "./birth.ts"
import { importModule } from "./import-module.ts"
import { holdForLife } from "./life-lock.ts"
import { PreparedDefinitions } from "./prepared.ts"
import type { SaidByWorker, SaidToWorker, WordToWorker } from "./words.ts"

const tellMs = 1000 / 30

/** The inside of a web worker: its line to the page, and its end. */
export class WorkerLife {
  readonly #birth: Birth
  readonly #table: SlotTable
  readonly #host: WorkerHost
  readonly #definitions = new PreparedDefinitions()
  readonly #leave = self.close.bind(self)
  #over = false
  /** When the page was last heard of, or told of a body's progress. */
  #heardAt = 0

  constructor(birth: Birth) {
    const { slots } = birth
    this.#birth = birth
    this.#table = new SlotTable(slots ?? new ArrayBuffer(SlotTable.byteLength))
    this.#host = new WorkerHost(
      {
        place: "a web worker",
        post: (batch, transfer) => this.#say(batch, transfer),
        clone: structuredClone,
        import: async (module) => {
          const exported = await importModule(module)
          this.#definitions.imported(module)
          return exported
        },
        find: (name, module) => this.#definitions.find(name, module),
        ...(slots === undefined
          ? { progressed: (...of) => this.#progressed(...of) }
          : { quiet: { later: (callback) => void setTimeout(callback) } }),
        exit: (code) => this.#exit(code),
      },
      this.#table,
    )
  }

  async begin(): Promise<void> {
    const { port, lifeLock, setup } = this.#birth
    this.#mindTheEnd()
    port.onmessage = ({ data }: MessageEvent<SaidToWorker | null>) => {
      this.#heardAt = performance.now()
      if (data === null) this.#unread()
      else if (isWord(data)) this.#obey(data)
      else this.#host.receive(data)
    }
    this.#say({ type: "alive", locked: await holdForLife(lifeLock) })
    await this.#host.start(setup)
    this.#definitions.prepared()
  }

  #say(said: SaidByWorker, transfer: readonly Transferable[] = []): void {
    if (!this.#over) this.#birth.port.postMessage(said, transfer as Transferable[])
  }

  /** Where memory is not shared, the page asks. */
  #obey({ type, slot, ticket }: WordToWorker): void {
    switch (type) {
      case "abort":
        return this.#table.abort(slot, ticket)
      case "revoke":
        return this.#say({ type: "revoked", slot, ticket, won: this.#table.revoke(slot, ticket) })
      case "sample":
        return this.#say({ type: "sampled", slot, ticket, fraction: this.#table.progress[slot] ?? 0 })
    }
  }

  /** And a body that does not yield hears no question, but can be heard: it tells, when for so long nobody has asked. */
  #progressed(slot: number, ticket: number, fraction: number): void {
    const now = performance.now()
    if (now - this.#heardAt < tellMs) return
    this.#heardAt = now
    this.#say({ type: "progress", slot, ticket, fraction })
  }

  #mindTheEnd(): void {
    // A body may end the worker: what it has sent before still arrives.
    self.close = () => this.#exit(0)
    self.addEventListener("error", (event) => {
      event.preventDefault()
      this.#endWith(event.error ?? new Error(event.message))
    })
    self.addEventListener("unhandledrejection", (event) => {
      event.preventDefault()
      this.#endWith(event.reason)
    })
    this.#birth.port.onmessageerror = () => this.#unread()
  }

  /** Told by an event of its own, or, in Chromium, by a message that is null. */
  #unread(): void {
    this.#host.unread(new TypeError("The page has sent what no worker can read"))
  }

  #endWith(error: unknown): void {
    this.#host.uncaught(error)
    this.#exit(1)
  }

  /** A browser lets what runs now come to its end, as no other platform does: nobody hears of it. */
  #exit(code: number): void {
    this.#host.flush()
    this.#say({ type: "exit", code })
    this.#over = true
    this.#leave()
  }
}

function isWord(said: SaidToWorker): said is WordToWorker {
  return !Array.isArray(said)
}
