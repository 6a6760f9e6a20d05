import { fileURLToPath } from "node:url"
import { Tinypool } from "tinypool"
import type { Entrant } from "./pool.ts"
import { workers } from "./pool.ts"

const filename = fileURLToPath(new URL("../workers/bodies.ts", import.meta.url))

function entrant(name: string, runtime: "worker_threads" | "child_process"): Entrant {
  return {
    name,
    open: (body) => {
      const pool = new Tinypool({ filename, name: body, runtime, minThreads: workers, maxThreads: workers })
      return { run: (argument) => pool.run(argument) }
    },
  }
}

export const tinypoolThreads = entrant("tinypool", "worker_threads")
export const tinypoolProcesses = entrant("tinypool, child_process", "child_process")
