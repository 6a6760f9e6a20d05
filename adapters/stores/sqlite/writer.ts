import type { DatabaseSync, StatementSync } from "node:sqlite"
import type { RecordChange, StoreBatch } from "../../../runtime/ports/store.ts"
import { bornAt, type Newborn, newbornsOf, type PlacedEntry, sharesOf } from "../batch/shares.ts"
import { encodeOwn, mostBytes } from "./kept-value.ts"
import { rowReach } from "./log-reader.ts"
import { bytesOf, writeEntries } from "./log-text.ts"
import { insertTask, insertValues, updateTask, updateValues } from "./task-row.ts"

/** A task's own row takes what was said in its first batch up to here: its arguments and its output are in it as well. */
const mostBytesNear = 10_000_000

/** Writes batches: a transaction for each. */
export class Writer {
  readonly #db: DatabaseSync
  readonly #begin: StatementSync
  readonly #commit: StatementSync
  readonly #rollback: StatementSync
  readonly #insert: StatementSync
  readonly #update: StatementSync
  readonly #log: StatementSync
  readonly #findBorn: StatementSync
  readonly #setLast: StatementSync
  readonly #setSchedule: StatementSync
  readonly #dropSchedule: StatementSync
  /** Of living tasks: by these numbers the log and the rows are found without the index of ids. */
  readonly #born = new Map<string, number>()

  constructor(db: DatabaseSync) {
    this.#db = db
    this.#begin = db.prepare("BEGIN IMMEDIATE")
    this.#commit = db.prepare("COMMIT")
    this.#rollback = db.prepare("ROLLBACK")
    this.#insert = db.prepare(insertTask)
    this.#update = db.prepare(updateTask)
    this.#log = db.prepare("INSERT INTO log (position, task, entries) VALUES (?, ?, ?)")
    this.#findBorn = db.prepare("SELECT born FROM tasks WHERE id = ?")
    this.#setLast = db.prepare("INSERT OR REPLACE INTO meta (name, value) VALUES ('last', ?)")
    this.#setSchedule = db.prepare("INSERT OR REPLACE INTO schedules (name, value) VALUES (?, ?)")
    this.#dropSchedule = db.prepare("DELETE FROM schedules WHERE name = ?")
  }

  /** Gives the position of the last entry. */
  commit(batch: StoreBatch, last: number, schedules: ReadonlyMap<string, unknown>): number {
    const shares = sharesOf(batch, last)
    const newborns = newbornsOf(batch, shares)
    const end = last + batch.entries.length
    try {
      this.transact(() => {
        for (const newborn of newborns) this.#add(newborn)
        for (const change of batch.records) if (change.birth === undefined) this.#change(change)
        for (const [task, share] of shares) if (share[0]?.entry.what.type !== "born") this.#append(task, share)
        for (const name of batch.schedules) this.#keepSchedule(name, schedules.get(name))
        this.#setLast.run(end)
      })
    } catch (error) {
      for (const { change } of newborns) this.#born.delete(change.id)
      throw error
    }
    for (const { id, snapshot } of batch.records) if (snapshot.outcome !== undefined) this.#born.delete(id)
    return end
  }

  /** All that `write` does, or nothing of it. */
  transact(write: () => void): void {
    this.#begin.run()
    try {
      write()
      this.#commit.run()
    } catch (error) {
      // SQLite has ended some transactions itself: those for which there was no room
      if (this.#db.isTransaction) this.#rollback.run()
      throw error
    }
  }

  #add(newborn: Newborn): void {
    const { change, share } = newborn
    const { parent } = change.snapshot
    const born = bornAt(newborn)
    const isRoot = parent === undefined || this.#bornOf(parent) === undefined
    const near = endOfRow(share, 0, rowReach, mostBytesNear)
    this.#insert.run(...insertValues(newborn, isRoot, near === 1 ? null : writeEntries(share.slice(1, near), born)))
    this.#born.set(change.id, born)
    if (near < share.length) this.#append(change.id, share.slice(near))
  }

  #change(change: RecordChange): void {
    const born = this.#bornOf(change.id)
    if (born === undefined) return
    this.#update.run(...updateValues(change, born))
    this.#born.set(change.id, born)
  }

  /** Entries for a row of their own, or of several where a batch is so large that they lie far apart, or do not fit in one. */
  #append(id: string | undefined, share: readonly PlacedEntry[]): void {
    const task = id === undefined ? null : this.#bornOf(id)
    if (task === undefined) return // of a task that is forgotten
    // what belongs to no task is forgotten one by one, and stands so
    const reach = id === undefined ? 1 : rowReach
    for (let from = 0; from < share.length;) {
      const start = (share[from] as PlacedEntry).position
      const to = endOfRow(share, from, reach, mostBytes)
      this.#log.run(start, task, writeEntries(share.slice(from, to), start))
      from = to
    }
  }

  #keepSchedule(name: string, value: unknown): void {
    if (value === undefined) this.#dropSchedule.run(name)
    else this.#setSchedule.run(name, encodeOwn(value))
  }

  #bornOf(id: string): number | undefined {
    const known = this.#born.get(id)
    if (known !== undefined) return known
    const row = this.#findBorn.get(id)
    return row === undefined ? undefined : Number(row["born"])
  }
}

/** The end of the row that begins with the entry at `from`: that one, and those after it that are near and find room. */
function endOfRow(share: readonly PlacedEntry[], from: number, reach: number, most: number): number {
  const first = share[from] as PlacedEntry
  let bytes = bytesOf(first)
  for (let to = from + 1; to < share.length; to++) {
    const entry = share[to] as PlacedEntry
    bytes += bytesOf(entry)
    if (entry.position - first.position >= reach || bytes > most) return to
  }
  return share.length
}
