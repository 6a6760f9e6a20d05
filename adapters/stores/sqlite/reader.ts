import type { DatabaseSync, StatementSync } from "node:sqlite"
import type { LogEntry, LogRange, TaskPage, TaskQuery, TaskRecord } from "../../../runtime/ports/store.ts"
import { decode } from "./kept-value.ts"
import { listTasks } from "./list-tasks.ts"
import { LogReader } from "./log-reader.ts"
import { recordColumns, recordOf, type TaskRow } from "./task-row.ts"

/** Rows that are read at once. */
const chunk = 500

/** Reads what is kept, over any connection to the file. */
export class Reader {
  readonly #db: DatabaseSync
  readonly #log: LogReader
  readonly #find: StatementSync
  readonly #children: StatementSync
  readonly #livingNumbers: StatementSync
  readonly #living: StatementSync
  readonly #last: StatementSync

  constructor(db: DatabaseSync) {
    const from = `SELECT ${recordColumns} FROM tasks`
    this.#db = db
    this.#log = new LogReader(db)
    this.#find = db.prepare(`${from} WHERE id = ?`)
    this.#children = db.prepare(`${from} WHERE parent = ? AND born > ? ORDER BY born LIMIT ${chunk}`)
    this.#livingNumbers = db.prepare(
      "SELECT born FROM tasks INDEXED BY tasks_status WHERE status IN ('pending', 'running') ORDER BY born",
    )
    this.#living = db.prepare(
      `${from} WHERE born IN (SELECT value FROM json_each(?)) AND settled_at IS NULL ORDER BY born`,
    )
    this.#last = db.prepare("SELECT value FROM meta WHERE name = 'last'")
  }

  last(): number {
    return Number(this.#last.get()?.["value"] ?? 0)
  }

  find(id: string): TaskRecord | undefined {
    const row = this.#find.get(id)
    return row === undefined ? undefined : recordOf(row as unknown as TaskRow)
  }

  /** The living are the few: their numbers are read from the index, and then their rows. */
  *living(): Generator<TaskRecord> {
    const numbers = this.#livingNumbers.all().map(({ born }) => Number(born))
    for (let from = 0; from < numbers.length; from += chunk) {
      const rows = this.#living.all(JSON.stringify(numbers.slice(from, from + chunk)))
      for (const row of rows) yield recordOf(row as unknown as TaskRow)
    }
  }

  childrenOf(id: string): Iterable<TaskRecord> {
    return inChunks((from) => this.#children.all(id, from) as unknown as readonly TaskRow[])
  }

  list(query: TaskQuery): TaskPage {
    return listTasks(this.#db, query)
  }

  entries(range: LogRange): Iterable<LogEntry> {
    return this.#log.entries(range)
  }

  /** @param unreadable Told of those that cannot be read; without it they are thrown. */
  schedules(unreadable?: (name: string, error: unknown) => void): Map<string, unknown> {
    const schedules = new Map<string, unknown>()
    for (const { name, value } of this.#db.prepare("SELECT name, value FROM schedules ORDER BY name").all()) {
      try {
        schedules.set(String(name), decode(value as string | Uint8Array))
      } catch (error) {
        if (unreadable === undefined) throw error
        unreadable(String(name), error)
      }
    }
    return schedules
  }

  stats(): Readonly<Record<string, unknown>> {
    const rows = this.#db.prepare("SELECT status, count(*) AS count FROM tasks GROUP BY status").all()
    const pragma = (name: string): number => Number(this.#db.prepare(`PRAGMA ${name}`).get()?.[name])
    return {
      tasks: Object.fromEntries(rows.map(({ status, count }) => [String(status), Number(count)])),
      last: this.last(),
      bytes: pragma("page_count") * pragma("page_size"),
    }
  }
}

/** In the order of their births, and never with a statement that stays open: what reads may be slow, or never come back. */
function* inChunks(read: (from: number) => readonly TaskRow[]): Generator<TaskRecord> {
  for (let from = 0; ;) {
    const rows = read(from)
    for (const row of rows) yield recordOf(row)
    const end = rows.at(-1)
    if (rows.length < chunk || end === undefined) return
    from = end.born
  }
}
