import { show } from "../../../runtime/failure/show.ts"
import type { Store, StoreHost, StoreSession } from "../../../runtime/ports/store.ts"
import { type Retention, type RetentionPlan, retentionPlan, sweepPeriod } from "../retention/retention.ts"
import type { FileSettings } from "./open-database.ts"
import { migrations } from "./schema.ts"
import { SqliteFile } from "./sqlite-file.ts"
import { sqliteSession } from "./sqlite-session.ts"
import { storePath } from "./store-path.ts"

const action = "Cannot make a store"

export interface SqliteStoreOptions {
  /**
   * What the last moment before a death may not take away. With `"process"`, the default, what is acknowledged outlives the process,
   * however that ends, and a crash of the machine leaves a sound file that may lack the last moment. With `"power"` it outlives a power cut
   * as well: each batch waits for the disk, which takes a good disk about a tenth of a millisecond, others ten.
   */
  readonly durability?: "process" | "power"
  /** How long settled tasks are kept. */
  readonly retention?: Retention
}

/**
 * A store in one SQLite file, on Node's own `node:sqlite`: tasks, their outcomes, their log and schedules outlive the program. The file is
 * made when a supervisor first opens it. One process at a time owns it; in that, supervisors may share one store.
 *
 * Beside the file stand `-wal` and `-shm`, which are SQLite's, and `-owner`, by whose lock the owner is known.
 *
 * @param path Relative to the working directory.
 * @throws TypeError or RangeError for a path or an option that cannot be used, naming it and its value. What is wrong with the file is
 * thrown by `createSupervisor`, as a StoreError.
 * @example
 * import { sqliteStore } from "tasktor/sqlite"
 *
 * const store = sqliteStore("tasks.db", { retention: { completed: { age: "1 day" } } })
 */
export function sqliteStore(path: string | URL, options: SqliteStoreOptions = {}): Store {
  return sqliteStoreWith(path, options)
}

/** @internal With what tests set. */
export function sqliteStoreWith(
  path: string | URL,
  options: SqliteStoreOptions,
  seams?: Partial<Pick<FileSettings, "migrations" | "maxPages">>,
): Store {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`${action}: its options must be an object, current value is ${show(options)}`)
  }
  const { durability = "process", retention } = options
  if (durability !== "process" && durability !== "power") {
    throw new TypeError(`${action}: "durability" must be "process" or "power", current value is ${show(durability)}`)
  }
  const synchronous = durability === "power" ? "FULL" : "NORMAL"
  const plan = retentionPlan(retention, action)
  return new SqliteStore(storePath(path, action), { synchronous, migrations, ...seams }, plan)
}

class SqliteStore implements Store {
  readonly name: string
  readonly #settings: FileSettings
  readonly #plan: RetentionPlan
  #file: SqliteFile | undefined

  constructor(path: string, settings: FileSettings, plan: RetentionPlan) {
    this.name = path
    this.#settings = settings
    this.#plan = plan
  }

  open(host: StoreHost): StoreSession {
    const isFirst = this.#file === undefined
    const file = (this.#file ??= new SqliteFile(this.name, this.#settings, this.#plan))
    const leave = file.enter(host)
    return sqliteSession(file, {
      isFirst,
      sweepEveryMs: sweepPeriod(this.#plan),
      leave: () => {
        if (leave()) this.#file = undefined
      },
    })
  }
}
