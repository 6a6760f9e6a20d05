import { fileURLToPath } from "node:url"
import workerpool from "workerpool"
import type { Entrant } from "./pool.ts"
import { workers } from "./pool.ts"

const script = fileURLToPath(new URL("../workers/workerpool.ts", import.meta.url))

function entrant(name: string, workerType: "thread" | "process"): Entrant {
  return {
    name,
    open: (body) => {
      const pool = workerpool.pool(script, { workerType, minWorkers: workers, maxWorkers: workers })
      return { run: (argument) => pool.exec(body, argument === undefined ? [] : [argument]) }
    },
  }
}

export const workerpoolThreads = entrant("workerpool, thread", "thread")
export const workerpoolProcesses = entrant("workerpool, process", "process")
