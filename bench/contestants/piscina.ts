import { fileURLToPath } from "node:url"
import { FixedQueue, Piscina } from "piscina"
import type { BodyName } from "../workers/bodies.ts"
import type { Entrant, Pool } from "./pool.ts"
import { workers } from "./pool.ts"

type Settings = ConstructorParameters<typeof Piscina>[0]

const filename = fileURLToPath(new URL("../workers/bodies.ts", import.meta.url))

function open(body: BodyName, settings: Settings): Pool {
  const pool = new Piscina({ filename, name: body, minThreads: workers, maxThreads: workers, ...settings })
  return { run: (argument) => pool.run(argument) }
}

export const piscina: Entrant = { name: "piscina", open: (body) => open(body, {}) }

/** With the queue that its README recommends for many tasks, and 16 tasks in a worker's hand. */
export const piscina16: Entrant = {
  name: "piscina, FixedQueue, 16 per worker",
  open: (body) => open(body, { taskQueue: new FixedQueue(), concurrentTasksPerWorker: 16 }),
}

/**
 * The fastest setting found for no-ops: 4, 16, 64, 256 and 1024 tasks per worker, atomics sync, async and disabled, with and
 * without its timing were tried; beyond 16 in hand they lie within 15 % of each other.
 */
export const piscinaTuned: Entrant = {
  name: "piscina, FixedQueue, 64 per worker, no timing",
  open: (body) => open(body, { taskQueue: new FixedQueue(), concurrentTasksPerWorker: 64, recordTiming: false }),
}
