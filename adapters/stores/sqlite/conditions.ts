import type { DatabaseSync, SQLInputValue } from "node:sqlite"
import type { TaskQuery } from "../../../runtime/ports/store.ts"
import { keysMeant } from "../query/keys-meant.ts"

/** What follows WHERE, and the values for it. */
export class Conditions {
  readonly values: SQLInputValue[] = []
  /** One of them is answered by an index of its own, which finds a few among many. */
  hasIndex = false
  readonly #texts: string[] = []

  add(text: string, ...values: readonly SQLInputValue[]): void {
    this.#texts.push(`(${text})`)
    this.values.push(...values)
  }

  get where(): string {
    return this.#texts.length === 0 ? "" : `WHERE ${this.#texts.join(" AND ")}`
  }
}

/** All of a query's fields but its statuses, its sort and its place. */
export function conditionsOf(db: DatabaseSync, query: TaskQuery): Conditions {
  const { name, tag, key, text, parent, schedule, since, before, dead } = query
  const conditions = new Conditions()
  conditions.hasIndex = key !== undefined || schedule !== undefined || typeof parent === "string"
  if (name?.endsWith("*") === true) {
    const beginning = name.slice(0, -1)
    conditions.add("substr(name, 1, length(?)) = ?", beginning, beginning)
  } else if (name !== undefined) conditions.add("name = ?", name)
  if (tag !== undefined)
    conditions.add("tags IS NOT NULL AND EXISTS (SELECT 1 FROM json_each(tags) WHERE value = ?)", tag)
  if (key !== undefined) {
    const asText = keysMeant(key).at(-1) ?? key
    conditions.add("key IN (?, ?) OR (key IS NULL AND id = ?)", key, asText, idOfKey(asText))
  }
  if (parent === null) conditions.add("parent IS NULL")
  else if (parent !== undefined) conditions.add("parent = ?", parent)
  if (schedule !== undefined) conditions.add("schedule = ?", schedule)
  if (since !== undefined) conditions.add("submitted_at >= ?", since)
  if (before !== undefined) conditions.add("submitted_at < ?", before)
  if (dead !== undefined) conditions.add("is_dead = ?", dead ? 1 : 0)
  if (text !== undefined) addText(db, conditions, text)
  return conditions
}

/** LIKE knows capital letters of ASCII alone, and is many times as fast as a call of a function for each task. */
function addText(db: DatabaseSync, conditions: Conditions, text: string): void {
  const columns = ["id", "name", "key", "message", "failure"]
  if (/^[ -~]*$/.test(text)) {
    const pattern = `%${text.replaceAll(/[\\%_]/g, "\\$&")}%`
    conditions.add(columns.map((column) => `${column} LIKE ? ESCAPE '\\'`).join(" OR "), ...columns.map(() => pattern))
    return
  }
  const part = text.toLowerCase()
  db.function("holds", { varargs: true }, (...texts) =>
    texts.some((one) => typeof one === "string" && one.toLowerCase().includes(part)) ? 1 : 0,
  )
  conditions.add(`holds(${columns.join(", ")})`)
}

function idOfKey(key: string): string | null {
  try {
    const id: unknown = JSON.parse(key)
    return typeof id === "string" ? id : null
  } catch {
    return null
  }
}
