/** What may be wrong with a file: each is told clearly, and makes nothing worse. */
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs"
import { dirname } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { afterAll, describe, expect, it } from "vitest"
import { readSqliteStore } from "../../../adapters/stores/sqlite/read-sqlite-store.ts"
import { migrations } from "../../../adapters/stores/sqlite/schema.ts"
import { sqliteStore, sqliteStoreWith } from "../../../adapters/stores/sqlite/sqlite-store.ts"
import { births, settled } from "../../conformance/store-batches.ts"
import { silentHost } from "../../conformance/store.ts"
import { temporaryFolder } from "../../support/temporary-folder.ts"

const { path, folder } = temporaryFolder()

/** A sound file with a thousand tasks. */
const sound = path()
{
  const session = sqliteStore(sound).open(silentHost)
  session.commit(settled(1000))
  session.close()
}

function copy(): string {
  const file = path()
  copyFileSync(sound, file)
  return file
}

const open = (file: string) => sqliteStore(file).open(silentHost)

describe("a file that cannot be a store", () => {
  it.each([
    ["garbage", () => writeFileSync(file(), "no database at all, ".repeat(100)), "it is no SQLite database"],
    ["a few bytes", () => writeFileSync(file(), "{}"), "it is no SQLite database"],
    ["cut off in the middle", () => truncateSync(file(), 20_000), "the file is damaged"],
    ["cut off in its first page", () => truncateSync(file(), 300), "the file is damaged"],
    ["bytes turned in the middle", () => flip(file()), "the file is damaged"],
    ["another application's", () => foreign(file()), "it is the database of another application"],
  ])("is refused and left as it is: %s", (_title, spoil, fact) => {
    current = copy()
    spoil()
    const before = readFileSync(current)
    expect(() => open(current)).toThrow(expect.objectContaining({ name: "StoreError", problem: "corrupt" }))
    expect(() => open(current)).toThrow(`Cannot open the store "${current}": ${fact}`)
    expect(readFileSync(current).equals(before)).toBe(true)
    expect(existsSync(`${current}-wal`)).toBe(false)
  })

  let current = ""
  const file = (): string => current

  it("is refused as newer, with both versions, and left as it is", () => {
    const newer = copy()
    const db = new DatabaseSync(newer)
    db.exec("PRAGMA user_version = 99; UPDATE meta SET value = '7.1.0' WHERE name = 'tasktor'")
    db.close()
    const before = readFileSync(newer)
    for (const use of [() => open(newer), () => readSqliteStore(newer)]) {
      expect(use).toThrow(expect.objectContaining({ problem: "newer" }))
      expect(use).toThrow(
        /tasktor 7\.1\.0 has written it, with version 99 of its schema, and tasktor \d+\.\d+\.\d+ knows it up to version 1; update tasktor/,
      )
    }
    expect(readFileSync(newer).equals(before)).toBe(true)
  })

  it("is none that was interrupted before it was in WAL mode: that is undone", () => {
    const [writing, killed] = [copy(), path()]
    const db = new DatabaseSync(writing)
    db.exec("PRAGMA journal_mode = DELETE; PRAGMA cache_size = 1; BEGIN; UPDATE tasks SET name = 'half written'")
    for (const end of ["", "-journal"]) copyFileSync(`${writing}${end}`, `${killed}${end}`)
    db.exec("ROLLBACK")
    db.close()
    const session = open(killed)
    expect(session.list({ name: "carve", limit: Infinity }).records).toHaveLength(1000)
    session.close()
  })

  it("is refused and left as it is: another application's, which was interrupted", () => {
    const [writing, killed] = [path(), path()]
    const db = new DatabaseSync(writing)
    db.exec("CREATE TABLE notes (text)")
    for (let note = 0; note < 100; note++) db.exec("INSERT INTO notes VALUES (hex(randomblob(2000)))")
    db.exec("PRAGMA cache_size = 1; BEGIN; UPDATE notes SET text = hex(randomblob(2000))")
    for (const end of ["", "-journal"]) copyFileSync(`${writing}${end}`, `${killed}${end}`)
    db.exec("ROLLBACK")
    db.close()
    const before = ["", "-journal"].map((end) => readFileSync(`${killed}${end}`))
    expect(() => open(killed)).toThrow("it is the database of another application")
    for (const [index, end] of ["", "-journal"].entries())
      expect(readFileSync(`${killed}${end}`).equals(before[index] as Buffer)).toBe(true)
  })

  it("may be in a folder that is not there", () => {
    const missing = path("none/tasks.db")
    expect(() => open(missing)).toThrow(`there is no folder ${JSON.stringify(dirname(missing))}; make it first`)
  })
})

describe("a file of an earlier version", () => {
  const added: typeof migrations = [
    ...migrations,
    (db) => db.exec("ALTER TABLE tasks ADD COLUMN colour TEXT"),
    (db) => db.exec("UPDATE tasks SET colour = 'green'"),
  ]

  it("is brought up to date, with all that is in it", () => {
    const file = copy()
    const session = sqliteStoreWith(file, {}, { migrations: added }).open(silentHost)
    expect(session.list({ limit: Infinity }).records).toHaveLength(1000)
    session.close()
    const db = new DatabaseSync(file, { readOnly: true })
    expect(db.prepare("PRAGMA user_version").get()).toMatchObject({ user_version: 3 })
    expect(db.prepare("SELECT count(*) AS count FROM tasks WHERE colour = 'green'").get()).toMatchObject({
      count: 1000,
    })
    db.close()
    expect(() => open(file)).toThrow(expect.objectContaining({ problem: "newer" }))
  })

  it("is what it was when a step fails", () => {
    const file = copy()
    const failing: typeof migrations = [
      ...added,
      () => {
        throw new Error("a step that fails")
      },
    ]
    expect(() => sqliteStoreWith(file, {}, { migrations: failing }).open(silentHost)).toThrow("a step that fails")
    const session = open(file)
    expect(session.list({ limit: Infinity }).records).toHaveLength(1000)
    session.close()
  })
})

describe("a disk that is full", () => {
  it("keeps nothing of a batch, and all of it when there is room again", () => {
    const store = sqliteStoreWith(path(), { retention: { completed: { count: 0 } } }, { maxPages: 150 })
    const session = store.open(silentHost)
    session.commit(settled(500))
    const { last } = session
    const large = births(...Array.from({ length: 5000 }, (_, index) => `large-${index}`))
    expect(() => session.commit(large)).toThrow(expect.objectContaining({ name: "StoreError", problem: "full" }))
    expect(() => session.commit(large)).toThrow(
      "there is no room left on its disk; make room, and what is waiting is written",
    )
    expect([session.last, session.find("large-0"), [...session.living()]]).toEqual([last, undefined, []])
    expect(session.list({ limit: Infinity }).records).toHaveLength(500)
    const small = births("small", "other")
    while (session.sweep(0) > 0);
    session.commit(small)
    expect([...session.living()].map(({ id, born }) => [id, born])).toEqual([
      ["small", last + 1],
      ["other", last + 2],
    ])
    session.close()
  })
})

describe("what cannot be written to", () => {
  // for root nothing is read-only: it is nobody for as long as it takes
  const isRoot = process.geteuid?.() === 0
  const asNobody = (work: () => void): void => {
    if (isRoot) process.seteuid?.(65_534)
    try {
      work()
    } finally {
      if (isRoot) process.seteuid?.(0)
    }
  }
  chmodSync(folder, 0o755)
  const locked = path("locked")
  afterAll(() => chmodSync(locked, 0o755))

  it.skipIf(process.platform === "win32")("is refused when it is opened: a file", () => {
    const within = path("open")
    mkdirSync(within)
    chmodSync(within, 0o777)
    const file = `${within}/tasks.db`
    copyFileSync(sound, file)
    chmodSync(file, 0o444)
    asNobody(() => {
      expect(() => open(file)).toThrow(expect.objectContaining({ problem: "read-only" }))
      expect(() => open(file)).toThrow("the file cannot be written to")
    })
    expect(readFileSync(file).equals(readFileSync(sound))).toBe(true)
  })

  it.skipIf(process.platform === "win32")("is refused when it is opened: a folder", () => {
    mkdirSync(locked)
    chmodSync(locked, 0o555)
    asNobody(() => {
      expect(() => open(`${locked}/tasks.db`)).toThrow(expect.objectContaining({ problem: "read-only" }))
      expect(() => open(`${locked}/tasks.db`)).toThrow(`nothing can be written in the folder "${locked}"`)
    })
  })
})

/** Not at its end: in a page that holds tasks. */
function flip(file: string): void {
  const bytes = readFileSync(file)
  const middle = Math.floor(bytes.length / 2 / 4096) * 4096
  for (let at = middle; at < middle + 600; at++) bytes[at] = 255 - (bytes[at] ?? 0)
  writeFileSync(file, bytes)
}

function foreign(file: string): void {
  const db = new DatabaseSync(file)
  db.exec("PRAGMA application_id = 7")
  db.close()
}
