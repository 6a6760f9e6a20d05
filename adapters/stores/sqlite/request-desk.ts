import type { DatabaseSync, StatementSync } from "node:sqlite"
import type { StoreRequest } from "../../../runtime/ports/store.ts"
import { encode } from "./kept-value.ts"

/** How often is looked: what one notices as "at once", for five looks of some microseconds each second. */
const lookEveryMs = 200

export type Ask = (request: StoreRequest) => Promise<unknown>

/**
 * The owner's side of requests: other processes write them into the file and wait there for the answer. The times are the platform's and
 * not those of the supervisor's clock, because who asks is another process; its timer keeps no program alive.
 */
export class RequestDesk {
  readonly #db: DatabaseSync
  readonly #ask: Ask
  readonly #version: StatementSync
  readonly #waiting: StatementSync
  readonly #take: StatementSync
  readonly #answer: StatementSync
  readonly #drop: StatementSync
  readonly #timer: ReturnType<typeof setInterval>
  /** Changes with each commit of another connection. */
  #seen: unknown = undefined

  constructor(db: DatabaseSync, ask: Ask, warn: (message: string, cause: unknown) => void) {
    this.#db = db
    this.#ask = ask
    this.#version = db.prepare("PRAGMA data_version")
    this.#waiting = db.prepare("SELECT id, request FROM requests WHERE is_taken = 0 AND until > ? ORDER BY id")
    this.#take = db.prepare("UPDATE requests SET is_taken = 1 WHERE id = ?")
    this.#answer = db.prepare("UPDATE requests SET answer = ?, error = ? WHERE id = ?")
    this.#drop = db.prepare("DELETE FROM requests WHERE until <= ?")
    this.#timer = setInterval(() => {
      try {
        this.#look()
      } catch (error) {
        warn("Cannot read what other processes ask of the store", error)
      }
    }, lookEveryMs)
    this.#timer.unref()
  }

  close(): void {
    clearInterval(this.#timer)
  }

  #look(): void {
    const version = this.#version.get()?.["data_version"]
    if (version === this.#seen) return
    const now = Date.now()
    // whoever asked takes the answer out; who has gone does not
    this.#drop.run(now)
    for (const { id, request } of this.#waiting.all(now)) {
      this.#take.run(id as number)
      void this.#serve(id as number, JSON.parse(String(request)) as StoreRequest)
    }
    // Not before: where the file was locked, or the disk full, they are looked for again.
    this.#seen = version
  }

  async #serve(id: number, request: StoreRequest): Promise<void> {
    let answer: string | Uint8Array | null = null
    let error: string | null = null
    try {
      answer = encode(await this.#ask(request))
    } catch (thrown) {
      error = thrown instanceof Error ? thrown.message : String(thrown)
    }
    try {
      if (this.#db.isOpen) this.#answer.run(answer, error, id)
    } catch {
      // a full disk: the one who asked finds no answer, and says so
    }
  }
}
