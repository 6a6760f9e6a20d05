import { existsSync } from "node:fs"
import { DatabaseSync } from "node:sqlite"
import { StoreError } from "../../../runtime/failure/store-error.ts"
import type { StoreReader } from "../../../runtime/ports/store.ts"
import { decode } from "./kept-value.ts"
import { busyTimeoutMs, checkedVersion } from "./open-database.ts"
import { Reader } from "./reader.ts"
import { migrations } from "./schema.ts"
import { storePath } from "./store-path.ts"
import { toStoreError } from "./to-store-error.ts"

const action = "Cannot read the store"

/**
 * Looks into a store's file without owning it, also while another process does: what that has committed is seen at once. Nothing is
 * created or changed.
 *
 * @throws StoreError where there is no store that this version can read.
 * @example
 * import { readSqliteStore } from "tasktor/sqlite"
 *
 * const reader = readSqliteStore("tasks.db")
 * for (const { id, snapshot } of reader.list({ status: "failed", limit: 20 }).records) console.log(id, snapshot.name)
 * reader.close()
 */
export function readSqliteStore(path: string | URL): StoreReader {
  const file = storePath(path, action)
  const db = openToRead(file)
  const reader = new Reader(db)
  return {
    name: file,
    decode,
    get last() {
      return reader.last()
    },
    get schedules() {
      return reader.schedules()
    },
    living: () => reader.living(),
    find: (id) => reader.find(id),
    childrenOf: (id) => reader.childrenOf(id),
    list: (query) => reader.list(query),
    entries: (range) => reader.entries(range),
    stats: () => ({ name: file, ...reader.stats() }),
    close: () => {
      if (db.isOpen) db.close()
    },
  }
}

function openToRead(file: string): DatabaseSync {
  if (!existsSync(file)) {
    throw new StoreError("io", `${action} ${JSON.stringify(file)}: there is no such file; look at the path`)
  }
  const version = checkedVersion(file, migrations.length, false)
  if (version < migrations.length) {
    throw new StoreError(
      "io",
      `${action} ${JSON.stringify(file)}: it has version ${version} of the schema, this is version ${migrations.length}; open it once with sqliteStore(), which brings it up to date`,
    )
  }
  const db = new DatabaseSync(file, { open: false, readOnly: true, timeout: busyTimeoutMs })
  try {
    db.open()
    return db
  } catch (error) {
    throw toStoreError(error, action, file)
  }
}
