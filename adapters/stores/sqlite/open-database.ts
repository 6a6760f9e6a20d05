import { existsSync, statSync } from "node:fs"
import { DatabaseSync } from "node:sqlite"
import { pathToFileURL } from "node:url"
import { StoreError } from "../../../runtime/failure/store-error.ts"
import { type FileHeader, fileHeader } from "./file-header.ts"
import { applicationId, type Migration } from "./schema.ts"
import { isNoDatabase, rescue, toStoreError } from "./to-store-error.ts"
import { tasktorVersion } from "./tasktor-version.ts"

/** How long another connection's write is waited for. Those are requests, of microseconds. */
export const busyTimeoutMs = 5000

/** For whom the file is opened, in messages: "Cannot open the store". */
export const opening = "Cannot open the store"

/** What is fixed while a file is open; the last two are seams of the tests. */
export interface FileSettings {
  readonly synchronous: "NORMAL" | "FULL"
  readonly migrations: readonly Migration[]
  /** The file may not become larger: as on a disk that is full. */
  readonly maxPages?: number | undefined
}

/**
 * Opens a file to write: creates it where there is none, brings it to this version's schema, refuses what is damaged, foreign or newer
 * without having changed it.
 *
 * @throws StoreError
 */
export function openDatabase(path: string, { synchronous, migrations, maxPages }: FileSettings): DatabaseSync {
  if (existsSync(`${path}-journal`)) rollBack(path)
  const version = checkedVersion(path, migrations.length)
  const db = new DatabaseSync(path, { open: false, timeout: busyTimeoutMs, enableForeignKeyConstraints: false })
  try {
    db.open()
    if (version < migrations.length) migrate(db, version, migrations)
    // A checkpoint waits for the disk: one for 8 MB of SQLite's log, where its default is 4, which is given back beyond 16.
    db.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = ${synchronous};
      PRAGMA wal_autocheckpoint = 2000;
      PRAGMA journal_size_limit = 16777216;
      PRAGMA cache_size = -16000;
      PRAGMA temp_store = MEMORY;`)
    if (maxPages !== undefined) db.exec(`PRAGMA max_page_count = ${maxPages}`)
    return db
  } catch (error) {
    if (db.isOpen) db.close()
    throw toStoreError(error, opening, path)
  }
}

/**
 * The version of a file's schema; 0 where there is nothing in it yet. Asked over a connection that cannot write, because one that can
 * would tidy up the log of whoever has died.
 *
 * @param isThorough For the owner: its bytes are looked at without SQLite, and all pages with it. Others look at the header alone.
 * @throws StoreError for what this version cannot use.
 */
export function checkedVersion(path: string, known: number, isThorough = true): number {
  const kind = isThorough ? headerOf(path).kind : kindBySize(path)
  if (kind === "new") return 0
  if (kind === "other") {
    throw noDatabase(path)
  }
  const db = new DatabaseSync(unchanged(path), { open: false, readOnly: true, timeout: busyTimeoutMs })
  try {
    db.open()
    const pragma = (name: string): number => Number(db.prepare(`PRAGMA ${name}`).get()?.[name])
    const [application, version] = [pragma("application_id"), pragma("user_version")]
    if (application !== applicationId) {
      const tables = Number(db.prepare("SELECT count(*) AS count FROM sqlite_schema").get()?.["count"])
      if (tables === 0 && application === 0) return 0
      throw foreign(path)
    }
    if (version > known) throw newer(db, path, version, known)
    if (isThorough) checkHealth(db, path)
    return version
  } catch (error) {
    throw isNoDatabase(error) && !isThorough ? noDatabase(path) : toStoreError(error, opening, path)
  } finally {
    if (db.isOpen) db.close()
  }
}

/**
 * For those who may be in the owner's own process: whoever closes a file there takes all of the process's locks from it, SQLite's too
 * (https://sqlite.org/howtocorrupt.html, 2.2), and the next other program would tidy up under the owner's hands.
 */
function kindBySize(path: string): "new" | "database" {
  return existsSync(path) && statSync(path).size > 0 ? "database" : "new"
}

function noDatabase(path: string): StoreError {
  return corrupt(path, "it is no SQLite database; give the path of a store, or one where there is no file yet")
}

/** What was interrupted before the file was in WAL mode, as by a death while it was made, is undone: SQLite does so as soon as it reads. */
function rollBack(path: string): void {
  const { kind, application } = headerOf(path)
  if (kind === "database" && application !== applicationId) throw foreign(path)
  const db = new DatabaseSync(path, { open: false, timeout: busyTimeoutMs })
  try {
    db.open()
    db.prepare("SELECT count(*) FROM sqlite_schema").get()
  } catch (error) {
    throw toStoreError(error, opening, path)
  } finally {
    if (db.isOpen) db.close()
  }
}

/** Where no log stands beside a file nobody is writing to it, and SQLite need not put files of its own there to read it. */
function unchanged(path: string): string | URL {
  if (existsSync(`${path}-wal`)) return path
  const url = pathToFileURL(path)
  url.searchParams.set("immutable", "1")
  return url
}

/** All steps or none of them. Before the file is in WAL mode, so that its header says from its first moment on whose it is. */
function migrate(db: DatabaseSync, version: number, migrations: readonly Migration[]): void {
  if (version === 0) db.exec("PRAGMA auto_vacuum = INCREMENTAL")
  db.exec("BEGIN EXCLUSIVE")
  try {
    for (const step of migrations.slice(version)) step(db)
    db.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${migrations.length}`)
    db.prepare("INSERT OR REPLACE INTO meta (name, value) VALUES ('tasktor', ?)").run(tasktorVersion())
    db.exec("COMMIT")
  } catch (error) {
    if (db.isTransaction) db.exec("ROLLBACK")
    throw error
  }
}

/** Of larger ones not every page is looked at when they are opened: that would take a second and more. */
const checkedBytes = 500_000_000

/** So that damage is told at the beginning, and not in the middle of work. */
function checkHealth(db: DatabaseSync, path: string): void {
  if (statSync(path).size > checkedBytes) return
  const found = db.prepare("PRAGMA quick_check(1)").get()?.["quick_check"]
  if (found !== "ok") throw corrupt(path, `the file is damaged (${String(found)}); ${rescue(path)}`)
}

function newer(db: DatabaseSync, path: string, version: number, known: number): StoreError {
  const writer = db.prepare("SELECT value FROM meta WHERE name = 'tasktor'").get()?.["value"]
  return new StoreError(
    "newer",
    `${opening} ${JSON.stringify(path)}: tasktor ${String(writer ?? "(a later one)")} has written it, with version ${version} of its schema, and tasktor ${tasktorVersion()} knows it up to version ${known}; update tasktor, or give this program a file of its own`,
  )
}

function foreign(path: string): StoreError {
  return corrupt(path, "it is the database of another application; give the store a file of its own")
}

function corrupt(path: string, fact: string): StoreError {
  return new StoreError("corrupt", `${opening} ${JSON.stringify(path)}: ${fact}`)
}

function headerOf(path: string): FileHeader {
  try {
    return fileHeader(path)
  } catch (error) {
    throw new StoreError("io", `${opening} ${JSON.stringify(path)}: it cannot be read (${String(error)})`, {
      cause: error,
    })
  }
}
