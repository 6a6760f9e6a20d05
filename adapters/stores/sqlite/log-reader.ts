import type { DatabaseSync, StatementSync } from "node:sqlite"
import type { LogEntry, LogRange } from "../../../runtime/ports/store.ts"
import { readEntries } from "./log-text.ts"
import { bornWith, type TaskRow } from "./task-row.ts"

/**
 * How far behind its row's position an entry may lie. The rows of one batch overlap: who reads from a position on begins with the rows of
 * so much earlier.
 */
export const rowReach = 65_536

/** Rows that are read at once. No statement stays open between: it would hold up what returns the log's room. */
const chunk = 500

type Row = { readonly start: number; readonly id: string | null; readonly entries: string | Uint8Array | null } & (
  | ({ readonly name: string; readonly not_before: number | null; readonly born_at: number | null } & Pick<
      TaskRow,
      | "id"
      | "key"
      | "executor"
      | "submitted_at"
      | "parent"
      | "tags"
      | "is_visible"
      | "schedule"
      | "slot"
      | "resubmission_of"
    >)
  | { readonly name: null }
)

const birthColumns = [
  ...["name", "key", "executor", "submitted_at", "parent", "tags", "is_visible", "schedule", "slot", "resubmission_of"],
  ...["not_before", "born_at"],
]
const births = `SELECT born AS start, id, entries, ${birthColumns.join(", ")} FROM tasks`
const others = `SELECT position AS start, (SELECT id FROM tasks WHERE born = log.task) AS id, entries, ${birthColumns.map((column) => `NULL AS ${column}`).join(", ")} FROM log`

/** Reads the log in its order: births and what followed them at once from `tasks`, the rest from `log`. */
export class LogReader {
  readonly #all: StatementSync
  readonly #birth: StatementSync
  readonly #ofTask: StatementSync

  constructor(db: DatabaseSync) {
    // the same values twice: Node 22 takes `?1` for a name
    this.#all = db.prepare(
      `${births} WHERE born > ? AND born <= ? UNION ALL ${others} WHERE position > ? AND position <= ? ORDER BY start LIMIT ${chunk}`,
    )
    this.#birth = db.prepare(`${births} WHERE id = ?`)
    this.#ofTask = db.prepare(`${others} WHERE task = ? AND position > ? ORDER BY position LIMIT ${chunk}`)
  }

  *entries({ task, after = 0, upTo = Infinity }: LogRange): Generator<LogEntry> {
    const chunks = task === undefined ? this.#chunks(after - rowReach, upTo) : this.#chunksOf(task)
    for (const entry of inOrder(chunks)) {
      if (entry.position > upTo) return
      if (entry.position > after) yield entry
    }
  }

  *#chunks(after: number, upTo: number): Generator<readonly Row[]> {
    for (let from = after; ;) {
      const rows = this.#all.all(from, upTo, from, upTo) as unknown as readonly Row[]
      yield rows
      const end = rows.at(-1)
      if (rows.length < chunk || end === undefined) return
      from = end.start
    }
  }

  *#chunksOf(task: string): Generator<readonly Row[]> {
    const birth = this.#birth.get(task) as unknown as Row | undefined
    if (birth === undefined) return
    yield [birth]
    for (let from = birth.start; ;) {
      const rows = this.#ofTask.all(birth.start, from) as unknown as readonly Row[]
      yield rows
      const end = rows.at(-1)
      if (rows.length < chunk || end === undefined) return
      from = end.start
    }
  }
}

/** Rows are in order, their entries overlap: an entry's turn has come when no row begins before it any more. */
function* inOrder(chunks: Iterable<readonly Row[]>): Generator<LogEntry> {
  let waiting: LogEntry[] = []
  for (const rows of chunks) {
    const sure = rows.at(-1)?.start ?? 0
    for (const row of rows) waiting.push(...entriesOf(row))
    waiting.sort((a, b) => a.position - b.position)
    const next = waiting.findIndex(({ position }) => position > sure)
    if (next < 0) {
      yield* waiting
      waiting = []
    } else {
      yield* waiting.slice(0, next)
      waiting = waiting.slice(next)
    }
  }
  yield* waiting
}

function entriesOf(row: Row): LogEntry[] {
  const task = row.id ?? undefined
  const own = row.entries === null ? [] : readEntries(row.entries, row.start)
  const rest = own.map(({ position, at, what }): LogEntry => ({ position, task, at, what }))
  return row.name === null ? rest : [birthOf(row), ...rest]
}

function birthOf(row: Extract<Row, { readonly name: string }>): LogEntry {
  const notBefore = row.not_before ?? undefined
  return {
    position: row.start,
    task: row.id,
    at: row.born_at ?? row.submitted_at,
    what: notBefore === undefined ? { type: "born" } : { type: "born", notBefore },
    birth: { ...bornWith(row), notBefore },
  }
}
