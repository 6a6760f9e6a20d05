import { fileURLToPath } from "node:url"
import { FixedThreadPool } from "poolifier"
import type { PoolOptions } from "poolifier"
import type { Worker } from "node:worker_threads"
import type { Entrant } from "./pool.ts"
import { workers } from "./pool.ts"

const script = fileURLToPath(new URL("../workers/poolifier.ts", import.meta.url))

function entrant(name: string, options: PoolOptions<Worker>): Entrant {
  return {
    name,
    open: (body) => {
      const pool = new FixedThreadPool<number>(workers, script, options)
      return { run: (argument) => pool.execute(argument, body) }
    },
  }
}

/** Its default: every task is posted to a worker at once. */
export const poolifier = entrant("poolifier", {})

/** One task at a time in a worker's hand, the others can be stolen by an idle one: its default queue. */
export const poolifierQueue = entrant("poolifier, tasks queue", { enableTasksQueue: true })

/** The fastest queue for no-ops of 1, 16, 64 and 256 tasks in a worker's hand. */
export const poolifierQueue64 = entrant("poolifier, tasks queue, 64 in hand", {
  enableTasksQueue: true,
  tasksQueueOptions: { concurrency: 64 },
})
