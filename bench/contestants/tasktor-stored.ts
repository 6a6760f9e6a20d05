import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createSupervisor, type Store, type TaskCall } from "tasktor"
import { sqliteStore, type SqliteStoreOptions } from "tasktor/sqlite"
import type { Contestant } from "../harness/alternate.ts"

/** How what happens is kept: not at all, or in a file that outlives the process, or also a power cut. */
export type Keeping = "nothing" | NonNullable<SqliteStoreOptions["durability"]>

export interface Passage {
  readonly keeping: Keeping
  readonly executor: "thread" | "coroutine"
  /** How many at once. */
  readonly concurrency: number
  readonly tasks: number
  call(): TaskCall<unknown>
}

/**
 * Milliseconds from the first of many tasks to the last result, which with a store is told when it is written. Each round has a supervisor of its own, with warm
 * workers, and a new file; making and ending them is not timed.
 */
export function passageOf(name: string, { keeping, executor, concurrency, tasks, call }: Passage): Contestant<number> {
  const round = async (): Promise<number> => {
    const folder = mkdtempSync(join(tmpdir(), "tasktor-bench-"))
    try {
      await using supervisor = createSupervisor({
        concurrency: { [executor]: concurrency },
        ...storeOf(keeping, join(folder, "tasks.db")),
      })
      const run = (): Promise<unknown> => supervisor.run(call()).result()
      await Promise.all(Array.from({ length: concurrency }, run))
      const start = performance.now()
      await Promise.all(Array.from({ length: tasks }, run))
      return performance.now() - start
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }
  return { name, round }
}

function storeOf(keeping: Keeping, path: string): { readonly store?: Store } {
  return keeping === "nothing" ? {} : { store: sqliteStore(path, { durability: keeping }) }
}
