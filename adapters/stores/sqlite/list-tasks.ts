import type { DatabaseSync, SQLInputValue } from "node:sqlite"
import type { TaskStatus } from "../../../machines/task/snapshot.ts"
import type { TaskPage, TaskQuery } from "../../../runtime/ports/store.ts"
import { type CheckedQuery, checkedQuery } from "../query/checked-query.ts"
import { type Cursor, cursorText } from "../query/cursor.ts"
import { conditionsOf, type Conditions } from "./conditions.ts"
import { recordColumns, recordOf, type TaskRow } from "./task-row.ts"

const settled = ["completed", "failed", "cancelled"] as const satisfies readonly TaskStatus[]

/** One page. Statements are made for each: preparing one takes some 30 µs, and there are thousands of kinds of them. */
export function listTasks(db: DatabaseSync, query: TaskQuery): TaskPage {
  const checked = checkedQuery(query)
  const isBySettlement = checked.sort === "settled-newest" || checked.sort === "settled-oldest"
  // one more than asked for: that there is one tells that there is another page
  const wanted = checked.limit === Infinity ? -1 : checked.limit + 1
  const rows = isBySettlement ? bySettlement(db, checked, wanted) : bySubmission(db, checked, wanted)
  const page = rows.slice(0, checked.limit)
  const end = page.at(-1)
  const hasMore = rows.length > page.length && end !== undefined
  const next = hasMore
    ? cursorText({ settledAt: end.settled_at ?? undefined, born: end.born }, isBySettlement)
    : undefined
  return { records: page.map(recordOf), next }
}

function bySubmission(db: DatabaseSync, query: CheckedQuery, wanted: number): TaskRow[] {
  const { statuses, place, sort } = query
  const conditions = conditionsOf(db, query)
  const [behind, order] = sort === "oldest" ? ([">", "born"] as const) : (["<", "born DESC"] as const)
  if (place !== undefined) conditions.add(`born ${behind} ?`, place.born)
  if (statuses === undefined) return select(db, conditions, `ORDER BY ${order}`, wanted)
  if (!conditions.hasIndex && statuses.every(isLiving)) return byBirth(db, query, statuses, wanted)
  const among = `status IN (${statuses.map((status) => `'${status}'`).join(", ")})`
  // Most of what is kept is completed: those are passed over one by one, faster than their index is sorted.
  if (statuses.includes("completed") || conditions.hasIndex) {
    conditions.add(`+${among}`)
    return select(db, conditions, `ORDER BY ${order}`, wanted)
  }
  conditions.add(among)
  const numbers = `SELECT born FROM tasks INDEXED BY tasks_status ${conditions.where} ORDER BY ${order} LIMIT ?`
  const found = `SELECT ${recordColumns} FROM tasks WHERE born IN (${numbers}) ORDER BY ${order}`
  return db.prepare(found).all(...conditions.values, wanted) as unknown as TaskRow[]
}

/** What lives has settled at no time: within each kind, its index is in the order of the births, and a page costs what is in it. */
function byBirth(db: DatabaseSync, query: CheckedQuery, statuses: readonly TaskStatus[], wanted: number): TaskRow[] {
  const { place, sort } = query
  const isNewest = sort !== "oldest"
  const rows: TaskRow[] = []
  for (const status of statuses) {
    for (const isRoot of [1, 0]) {
      const conditions = conditionsOf(db, query)
      conditions.add("status = ? AND is_root = ? AND settled_at IS NULL", status, isRoot)
      if (place !== undefined) conditions.add(`born ${isNewest ? "<" : ">"} ?`, place.born)
      rows.push(...select(db, conditions, `ORDER BY born ${isNewest ? "DESC" : ""}`, wanted, "INDEXED BY tasks_status"))
    }
  }
  rows.sort((a, b) => (isNewest ? b.born - a.born : a.born - b.born))
  return wanted < 0 ? rows : rows.slice(0, wanted)
}

/** First what has settled, then what lives: each kind in the order of its index, and so many of each as are wanted of all. */
function bySettlement(db: DatabaseSync, query: CheckedQuery, wanted: number): TaskRow[] {
  const { statuses, place, sort } = query
  const isNewest = sort === "settled-newest"
  const direction = isNewest ? "DESC" : ""
  const behind = isNewest ? "<" : ">"
  const rows: TaskRow[] = []
  if (place === undefined || place.settledAt !== undefined) {
    for (const status of settled) {
      if (statuses?.includes(status) === false) continue
      for (const isRoot of [1, 0]) {
        const conditions = conditionsOf(db, query)
        const unary = conditions.hasIndex ? "+" : ""
        conditions.add(`${unary}status = ? AND ${unary}is_root = ? AND settled_at IS NOT NULL`, status, isRoot)
        if (place?.settledAt !== undefined) {
          conditions.add(`(settled_at, born) ${behind} (?, ?)`, place.settledAt, place.born)
        }
        rows.push(...select(db, conditions, `ORDER BY settled_at ${direction}, born ${direction}`, wanted))
      }
    }
    rows.sort((a, b) => (isNewest ? compare(b, a) : compare(a, b)))
  }
  if (wanted >= 0 && rows.length >= wanted) return rows.slice(0, wanted)
  const living = (["pending", "running"] as const).filter((status) => statuses?.includes(status) !== false)
  if (living.length === 0) return rows
  const rest = wanted < 0 ? wanted : wanted - rows.length
  const behindLiving: Cursor | undefined = place?.settledAt === undefined ? place : undefined
  const order = isNewest ? "newest" : "oldest"
  return [...rows, ...bySubmission(db, { ...query, statuses: living, place: behindLiving, sort: order }, rest)]
}

function select(db: DatabaseSync, conditions: Conditions, order: string, limit: number, by = ""): TaskRow[] {
  const sql = `SELECT ${recordColumns} FROM tasks ${by} ${conditions.where} ${order} LIMIT ?`
  return db.prepare(sql).all(...conditions.values, limit as SQLInputValue) as unknown as TaskRow[]
}

function isLiving(status: TaskStatus): boolean {
  return status === "pending" || status === "running"
}

function compare(a: TaskRow, b: TaskRow): number {
  return (a.settled_at ?? 0) - (b.settled_at ?? 0) || a.born - b.born
}
