import { hostname } from "node:os"
import type { DatabaseSync } from "node:sqlite"
import { StoreError } from "../../../runtime/failure/store-error.ts"
import type { StoreBatch, StoreHost, StoreRequest } from "../../../runtime/ports/store.ts"
import type { RetentionPlan } from "../retention/retention.ts"
import { type FileSettings, openDatabase, opening } from "./open-database.ts"
import { type Owner, Ownership } from "./ownership.ts"
import { Reader } from "./reader.ts"
import { RequestDesk } from "./request-desk.ts"
import { Sweeper } from "./sweeper.ts"
import { tasktorVersion } from "./tasktor-version.ts"
import { toStoreError } from "./to-store-error.ts"
import { Writer } from "./writer.ts"

/** A file in the hands of its owner: one for all the sessions of a store. */
export class SqliteFile {
  readonly path: string
  readonly reader: Reader
  readonly schedules: Map<string, unknown>
  last: number
  /** Schedules that are left out, for the first host to be told of. */
  readonly #unreadable: (readonly [name: string, error: unknown])[] = []
  /** In the order in which they have opened it. */
  readonly #hosts = new Map<symbol, StoreHost>()
  readonly #ownership: Ownership
  readonly #db: DatabaseSync
  readonly #writer: Writer
  readonly #sweeper: Sweeper
  readonly #desk: RequestDesk

  /** @throws StoreError where it cannot be used. */
  constructor(path: string, settings: FileSettings, plan: RetentionPlan) {
    this.path = path
    this.#ownership = new Ownership(path, opening)
    let db: DatabaseSync | undefined
    try {
      db = openDatabase(path, settings)
      this.#db = db
      this.#writer = new Writer(db)
      this.reader = new Reader(db)
      this.#sweeper = new Sweeper(db, this.#writer, plan)
      this.schedules = this.reader.schedules((...one) => this.#unreadable.push(one))
      this.last = this.reader.last()
      this.#signIn()
      this.#desk = new RequestDesk(
        db,
        (request) => this.#ask(request),
        (message, cause) => this.#warn(message, cause),
      )
    } catch (error) {
      db?.close()
      this.#ownership.release()
      throw toStoreError(error, opening, path)
    }
  }

  /** Gives what leaves it again: the last one closes it, and is told so. */
  enter(host: StoreHost): () => boolean {
    const place = Symbol("session")
    this.#hosts.set(place, host)
    for (const [name, error] of this.#unreadable.splice(0)) {
      host.warn(
        `Schedule ${JSON.stringify(name)} of the store cannot be read, and is not followed; add it again`,
        error,
      )
    }
    return () => this.#leave(place)
  }

  #leave(place: symbol): boolean {
    this.#hosts.delete(place)
    if (this.#hosts.size > 0) return false
    this.#desk.close()
    try {
      this.#db.prepare("DELETE FROM meta WHERE name = 'owner'").run()
    } catch {
      // the next owner writes over it
    }
    this.#db.close()
    this.#ownership.release()
    return true
  }

  commit(batch: StoreBatch): void {
    this.last = this.attempt("Cannot write to the store", () => this.#writer.commit(batch, this.last, this.schedules))
  }

  sweep(now: number): number {
    return this.attempt("Cannot tidy up the store", () => this.#sweeper.sweep(now))
  }

  /** @throws StoreError for what SQLite says, and once the file is closed. */
  attempt<Value>(action: string, work: () => Value): Value {
    if (!this.#db.isOpen) {
      throw new StoreError("closed", `${action} ${JSON.stringify(this.path)}: it has been closed; open it again`)
    }
    try {
      return work()
    } catch (error) {
      throw isOfSqlite(error) ? toStoreError(error, action, this.path) : error
    }
  }

  /** Who has it, for those who come in vain; and the first thing that is written, so that a file which cannot be is found out now. */
  #signIn(): void {
    const owner: Owner = { pid: process.pid, since: Date.now(), host: hostname() }
    const write = this.#db.prepare("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)")
    this.#writer.transact(() => {
      write.run("owner", JSON.stringify(owner))
      write.run("tasktor", tasktorVersion())
    })
  }

  /** Each supervisor knows its own tasks: the first that does not refuse has answered; what is queued is everybody's. */
  async #ask(request: StoreRequest): Promise<unknown> {
    if (request.type === "purge") {
      const counts = await Promise.all(Array.from(this.#hosts.values(), (host) => host.asked(request)))
      return counts.reduce<number>((sum, count) => sum + Number(count), 0)
    }
    let refusal: unknown = new Error("Cannot answer: no supervisor has the store open any more")
    for (const host of this.#hosts.values()) {
      try {
        return await host.asked(request)
      } catch (error) {
        refusal = error
      }
    }
    throw refusal
  }

  #warn(message: string, cause: unknown): void {
    const [host] = this.#hosts.values()
    host?.warn(message, cause)
  }
}

function isOfSqlite(error: unknown): boolean {
  return typeof error === "object" && error !== null && "errcode" in error
}
