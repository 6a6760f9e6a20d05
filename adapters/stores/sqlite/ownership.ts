import { existsSync } from "node:fs"
import { hostname } from "node:os"
import { DatabaseSync } from "node:sqlite"
import { StoreError } from "../../../runtime/failure/store-error.ts"
import { lockPath } from "./lock-path.ts"
import { isBusy, toStoreError } from "./to-store-error.ts"

/** Somebody who only looks whether there is an owner holds the lock for some microseconds. */
const patienceMs = 100

/**
 * The right to a file, held by one process at a time: a lock of SQLite's on an empty file beside it. The operating system gives it up with
 * the process, however that ends, so there is nothing stale to be cleaned up. It is not on the file itself, because that is read by
 * others meanwhile, and written: `requests` is for them.
 */
export class Ownership {
  readonly #lock: DatabaseSync

  /** @throws StoreError where another one has it, or the folder cannot be written to. */
  constructor(path: string, action: string) {
    const lock = new DatabaseSync(lockPath(path), { open: false, timeout: patienceMs })
    try {
      lock.open()
      lock.exec("BEGIN EXCLUSIVE")
    } catch (error) {
      if (lock.isOpen) lock.close()
      throw isBusy(error) ? inUse(path, action) : toStoreError(error, action, path)
    }
    this.#lock = lock
  }

  /** The file stays: who removed it would take it from under one who is just opening it. */
  release(): void {
    if (this.#lock.isOpen) this.#lock.close()
  }
}

/** Whether some process has the store open. */
export function isOwned(path: string): boolean {
  if (!existsSync(lockPath(path))) return false
  const lock = new DatabaseSync(lockPath(path), { readOnly: true })
  try {
    lock.prepare("SELECT count(*) FROM sqlite_schema").get()
    return false
  } catch (error) {
    if (isBusy(error)) return true
    throw error
  } finally {
    lock.close()
  }
}

/** Who says so in the file, which can be read beside its owner. */
export interface Owner {
  readonly pid: number
  readonly since: number
  readonly host: string
}

export function ownerOf(path: string): Owner | undefined {
  let db: DatabaseSync | undefined
  try {
    db = new DatabaseSync(path, { readOnly: true, timeout: patienceMs })
    const row = db.prepare("SELECT value FROM meta WHERE name = 'owner'").get()
    return row === undefined ? undefined : (JSON.parse(String(row["value"])) as Owner)
  } catch {
    return undefined // it has not come so far yet
  } finally {
    db?.close()
  }
}

function inUse(path: string, action: string): StoreError {
  const owner = ownerOf(path)
  const since = owner === undefined ? "" : ` since ${new Date(owner.since).toISOString()}`
  const fact =
    owner?.pid === process.pid && owner.host === hostname()
      ? `this process has it open already${since}, by another sqliteStore(); give that one to both supervisors`
      : `process ${owner?.pid ?? "(another one)"} has it open${since}; end that program first, or give this one a file of its own`
  return new StoreError("in-use", `${action} ${JSON.stringify(path)}: ${fact}`)
}
