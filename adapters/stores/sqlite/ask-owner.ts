import { existsSync } from "node:fs"
import { DatabaseSync } from "node:sqlite"
import { type DurationInput, durationMs } from "../../../runtime/definition/duration.ts"
import { StoreError } from "../../../runtime/failure/store-error.ts"
import type { StoreRequest } from "../../../runtime/ports/store.ts"
import { decode } from "./kept-value.ts"
import { busyTimeoutMs, checkedVersion } from "./open-database.ts"
import { isOwned, ownerOf } from "./ownership.ts"
import { migrations } from "./schema.ts"
import { storePath } from "./store-path.ts"
import { toStoreError } from "./to-store-error.ts"

const action = "Cannot ask the owner of the store"

/** How often is looked for the answer. */
const lookEveryMs = 50

/**
 * Has the program that owns a store do something, from another process: the request is written into the file, and the answer as well.
 *
 * @param options.timeout How long is waited for the answer. Default 10 seconds.
 * @throws StoreError `closed` when no program has the store open, `unanswered` when the answer does not come in time.
 * @throws Error with the owner's own message where that refuses.
 */
export async function askOwner(
  path: string | URL,
  request: StoreRequest,
  options: { readonly timeout?: DurationInput } = {},
): Promise<unknown> {
  const file = storePath(path, action)
  const timeoutMs = durationMs(options.timeout ?? "10 seconds", `"timeout"`)
  if (!existsSync(file) || !isOwned(file)) throw closed(file)
  checkedVersion(file, migrations.length, false)
  const db = new DatabaseSync(file, { open: false, timeout: busyTimeoutMs })
  try {
    db.open()
    return await exchange(db, file, request, timeoutMs)
  } catch (error) {
    throw error instanceof Error && "errcode" in error ? toStoreError(error, action, file) : error
  } finally {
    if (db.isOpen) db.close()
  }
}

async function exchange(db: DatabaseSync, file: string, request: StoreRequest, timeoutMs: number): Promise<unknown> {
  const until = Date.now() + timeoutMs
  const insert = db.prepare("INSERT INTO requests (until, request) VALUES (?, ?)")
  const id = Number(insert.run(Math.min(until, Number.MAX_SAFE_INTEGER), JSON.stringify(request)).lastInsertRowid)
  const look = db.prepare(
    "SELECT answer, error FROM requests WHERE id = ? AND (answer IS NOT NULL OR error IS NOT NULL)",
  )
  try {
    while (Date.now() < until) {
      const row = look.get(id)
      if (row !== undefined) {
        if (row["error"] !== null) throw new Error(String(row["error"]))
        return decode(row["answer"] as string | Uint8Array)
      }
      if (!isOwned(file)) throw closed(file)
      await new Promise((resolve) => setTimeout(resolve, lookEveryMs))
    }
  } finally {
    db.prepare("DELETE FROM requests WHERE id = ?").run(id)
  }
  throw new StoreError(
    "unanswered",
    `${action} ${JSON.stringify(file)}: process ${ownerOf(file)?.pid ?? "(unknown)"} has not answered within ${timeoutMs} ms; it is busy or stopped: look at it, or give it more time`,
  )
}

function closed(file: string): StoreError {
  return new StoreError(
    "closed",
    `${action} ${JSON.stringify(file)}: no program has it open; start one, or open the store with sqliteStore()`,
  )
}
