import { once } from "node:events"
import { Worker } from "node:worker_threads"
import { workers } from "./pool.ts"

const script = new URL("../workers/bare-spin.ts", import.meta.url)

/** What two threads reach that are told all their work at once: the upper limit of any pool on this machine, now. */
export class BareThreads {
  readonly #threads = Array.from({ length: workers }, () => new Worker(script))

  async spin(tasks: number, turns: number): Promise<void> {
    await Promise.all(this.#threads.map((thread) => tell(thread, { tasks: tasks / workers, turns })))
  }
}

async function tell(thread: Worker, share: { readonly tasks: number; readonly turns: number }): Promise<void> {
  thread.postMessage(share)
  await once(thread, "message")
}
