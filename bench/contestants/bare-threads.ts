import { Worker } from "node:worker_threads"
import { workers } from "./pool.ts"

const script = new URL("../workers/bare-spin.ts", import.meta.url)

/** What two threads reach that are told all their work at once: the upper limit of any pool on this machine, now. */
export class BareThreads {
  readonly #threads = Array.from({ length: workers }, () => new Worker(script))

  /** The CPU microseconds of all. */
  async spin(tasks: number, turns: number): Promise<number> {
    const shares = this.#threads.map((thread) => this.#share(thread, { tasks: tasks / workers, turns }))
    return (await Promise.all(shares)).reduce((total, used) => total + used, 0)
  }

  #share(thread: Worker, share: { readonly tasks: number; readonly turns: number }): Promise<number> {
    const answer = new Promise<number>((resolve) => thread.once("message", resolve))
    thread.postMessage(share)
    return answer
  }
}
