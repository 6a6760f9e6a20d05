import type { DatabaseSync, StatementSync } from "node:sqlite"
import { Doomed, type Kin, type KinSource } from "../retention/doomed.ts"
import type { RetentionPlan } from "../retention/retention.ts"
import { supervisorEntries } from "../retention/sweep-limits.ts"
import type { Writer } from "./writer.ts"

/** Children that are looked up at once. */
const chunk = 500

/** Free pages that are given back to the file system at once: 2 MB. */
const pagesAtOnce = 500

/** Forgets what is kept no longer, a portion at a time, and gives back its room. */
export class Sweeper {
  readonly #db: DatabaseSync
  readonly #writer: Writer
  readonly #doomed: Doomed
  readonly #forgetLog: StatementSync
  readonly #forgetTasks: StatementSync
  readonly #forgetOwn: StatementSync

  constructor(db: DatabaseSync, writer: Writer, plan: RetentionPlan) {
    this.#db = db
    this.#writer = writer
    this.#doomed = new Doomed(kinOf(db), plan)
    this.#forgetLog = db.prepare("DELETE FROM log WHERE task IN (SELECT value FROM json_each(?))")
    this.#forgetTasks = db.prepare("DELETE FROM tasks WHERE born IN (SELECT value FROM json_each(?))")
    this.#forgetOwn = db.prepare(
      `DELETE FROM log WHERE task IS NULL AND position <= (
        SELECT position FROM log WHERE task IS NULL ORDER BY position DESC LIMIT 1 OFFSET ${supervisorEntries})`,
    )
  }

  sweep(now: number): number {
    const portion = this.#doomed.take(now)
    try {
      this.#writer.transact(() => {
        if (portion.length > 0) {
          const numbers = JSON.stringify(portion.map(({ born }) => born))
          this.#forgetLog.run(numbers)
          this.#forgetTasks.run(numbers)
        }
        this.#forgetOwn.run()
      })
    } catch (error) {
      this.#doomed.beginAnew()
      throw error
    }
    this.#giveBack()
    return portion.length
  }

  /** What is free is used again; an eighth of the file is left free for that, so that it does not shrink and grow all the time. */
  #giveBack(): void {
    const pages = Number(this.#db.prepare("PRAGMA page_count").get()?.["page_count"])
    const free = Number(this.#db.prepare("PRAGMA freelist_count").get()?.["freelist_count"])
    const surplus = Math.min(pagesAtOnce, free - Math.ceil(pages / 8))
    if (surplus > 0) this.#db.exec(`PRAGMA incremental_vacuum(${surplus})`)
  }
}

function kinOf(db: DatabaseSync): KinSource {
  const count = db.prepare("SELECT count(*) AS count FROM tasks WHERE status = ? AND is_root = 1")
  const oldest = db.prepare(
    `SELECT id, born, 1 AS settled FROM tasks WHERE status = ? AND is_root = 1 AND settled_at <= ? ORDER BY settled_at, born LIMIT ?`,
  )
  const children = db.prepare(
    `SELECT id, born, settled_at IS NOT NULL AS settled FROM tasks WHERE parent = ? AND born > ? ORDER BY born LIMIT ${chunk}`,
  )
  return {
    countRoots: (status) => Number(count.get(status)?.["count"]),
    oldestRoots: (status, limit, settledUpTo) =>
      oldest.all(status, Math.min(settledUpTo, Number.MAX_SAFE_INTEGER), limit).map(toKin),
    *childrenOf(id) {
      for (let from = 0; ;) {
        const kin = children.all(id, from).map(toKin)
        yield* kin
        const end = kin.at(-1)
        if (kin.length < chunk || end === undefined) return
        from = end.born
      }
    },
  }
}

function toKin(row: Record<string, unknown>): Kin {
  return { id: String(row["id"]), born: Number(row["born"]), isSettled: row["settled"] === 1 }
}
