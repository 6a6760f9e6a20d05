import {
  MessageChannel,
  type MessagePort,
  receiveMessageOnPort,
  type ResourceLimits,
  Worker,
} from "node:worker_threads"
import { workerExecArgv } from "../node/exec-argv.ts"
import type { WorkerExit, WorkerLink, WorkerListener, WorkerTransport } from "../pool/transport.ts"
import type { FromWorker, ToWorker } from "../worker/envelopes.ts"
import { SlotTable } from "../worker/slot-table.ts"
import type { ThreadData } from "./thread-data.ts"

export interface ThreadOptions {
  readonly setup: string | undefined
  readonly tellMemory: boolean
  readonly resourceLimits: ResourceLimits | undefined
  readonly env: Readonly<Record<string, string | undefined>> | undefined
  readonly execArgv: readonly string[] | undefined
}

const entry = new URL(import.meta.url.endsWith(".ts") ? "./entry.ts" : "./entry.js", import.meta.url)

/**
 * A thread at the limit of its heap is given 16 MB more to end in (Node, `Worker::NearHeapLimit`): whoever needs still more takes the whole
 * program along. What survives of the young generation must fit into them, which is a third of it at most; Node 24's own is 192 MB.
 */
const youngMb = 48

/** Threads of this process: messages over a port, claims, aborts and progress in shared memory. */
export class ThreadTransport implements WorkerTransport {
  readonly place = "a thread"
  readonly handOverMs = 0.5
  readonly canMove = true
  readonly clone = structuredClone
  readonly #options: ThreadOptions

  constructor(options: ThreadOptions) {
    this.#options = options
  }

  spawn(listener: WorkerListener): WorkerLink {
    return new ThreadLink(this.#options, listener)
  }
}

class ThreadLink implements WorkerLink {
  readonly #listener: WorkerListener
  readonly #worker: Worker
  readonly #port: MessagePort
  readonly slots: SlotTable
  #error: unknown

  constructor({ setup, tellMemory, resourceLimits, env, execArgv }: ThreadOptions, listener: WorkerListener) {
    this.#listener = listener
    // A channel of our own: several messages can be taken from it in one turn, and what a dying thread has sent as well.
    const { port1, port2 } = new MessageChannel()
    this.#port = port1
    const slots = new SharedArrayBuffer(SlotTable.byteLength)
    this.slots = new SlotTable(slots)
    const own = workerExecArgv(process.execArgv, execArgv)
    const data: ThreadData = { port: port2, slots, setup, tsx: own.tsx, tellMemory }
    this.#worker = new Worker(entry, {
      workerData: data,
      transferList: [port2],
      execArgv: [...own.execArgv],
      resourceLimits: { maxYoungGenerationSizeMb: youngMb, ...resourceLimits },
      ...(env === undefined ? {} : { env: { ...process.env, ...env } }),
    })
    port1.on("message", (batch: readonly FromWorker[]) => {
      listener.batch(batch)
      this.#drain()
    })
    port1.on("messageerror", (error) => listener.unreadable(error))
    this.#worker.on("error", (error) => (this.#error = error))
    this.#worker.on("exit", (code) => this.#exited(code))
  }

  post(batch: readonly ToWorker[], transfer: readonly Transferable[]): void {
    this.#port.postMessage(batch, transfer as readonly never[])
  }

  revoke(slot: number, ticket: number): void {
    this.#listener.revoked(slot, ticket, this.slots.revoke(slot, ticket))
  }

  abort(slot: number, ticket: number): void {
    this.slots.abort(slot, ticket)
  }

  sample(slot: number, ticket: number): void {
    this.#listener.progress(slot, ticket, this.slots.progress[slot] ?? 0)
  }

  hold(held: boolean): void {
    if (held) {
      this.#worker.ref()
      this.#port.ref()
    } else {
      this.#worker.unref()
      this.#port.unref()
    }
  }

  terminate(): void {
    void this.#worker.terminate()
  }

  /** All that has come, in one turn: what follows from it is done once, and the answers are one batch. */
  #drain(): void {
    for (let next = this.#take(); next !== undefined; next = this.#take()) this.#listener.batch(next.message)
  }

  #take(): { readonly message: readonly FromWorker[] } | undefined {
    for (;;) {
      try {
        return receiveMessageOnPort(this.#port)
      } catch (error) {
        this.#listener.unreadable(error)
      }
    }
  }

  #exited(exitCode: number): void {
    this.#drain()
    this.#port.close()
    this.#listener.exited(exitOf(exitCode, this.#error))
  }
}

function exitOf(exitCode: number, error: unknown): WorkerExit {
  if (error === undefined) return { exitCode }
  const outOfMemory = (error as { code?: unknown }).code === "ERR_WORKER_OUT_OF_MEMORY"
  return outOfMemory ? { exitCode, outOfMemory } : { exitCode, error }
}
