import { statSync, symlinkSync } from "node:fs"
import { relative } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { pathToFileURL } from "node:url"
import { describe, expect, it } from "vitest"
import { ofLength } from "../../../adapters/stores/sqlite/kept-value.ts"
import { listTasks } from "../../../adapters/stores/sqlite/list-tasks.ts"
import { readSqliteStore } from "../../../adapters/stores/sqlite/read-sqlite-store.ts"
import { sqliteStore } from "../../../adapters/stores/sqlite/sqlite-store.ts"
import { births, carving, endsOf, settled } from "../../conformance/store-batches.ts"
import { describeStore, silentHost } from "../../conformance/store.ts"
import { temporaryFolder } from "../../support/temporary-folder.ts"

const { path } = temporaryFolder()

describe("a store in a file of SQLite's", () => {
  describeStore((options) => {
    const file = path()
    return { store: sqliteStore(file, options), again: () => sqliteStore(file, options) }
  })

  it("is one store, by whatever path it is called", () => {
    const [file, link] = [path(), path()]
    symlinkSync(file, link)
    const names = [file, link, relative(process.cwd(), file), pathToFileURL(file)].map((one) => sqliteStore(one).name)
    expect(names).toEqual([file, file, file, file])
    const session = sqliteStore(link).open(silentHost)
    expect(() => sqliteStore(file).open(silentHost)).toThrow(expect.objectContaining({ problem: "in-use" }))
    session.close()
    expect(sqliteStore(link).name).toBe(file)
  })

  it("does not grow for ever: what is forgotten makes room for what comes", () => {
    const file = path()
    const session = sqliteStore(file, { retention: { completed: { count: 1000 } } }).open(silentHost)
    const sizes: number[] = []
    for (let round = 0; round < 20; round++) {
      for (let part = 0; part < 4; part++) session.commit(settled(500, `${round}-${part}`))
      while (session.sweep(0) > 0);
      // The file itself grows when SQLite moves its log into it.
      sizes.push(Number(session.stats()["bytes"]))
    }
    // at most 2,000 tasks more than the 1,000 that are kept
    expect(Math.max(...sizes.slice(10))).toBeLessThan(1.2 * Math.max(...sizes.slice(0, 10)))
    expect(statSync(`${file}-wal`).size).toBeLessThan(20_000_000)
    expect(session.stats()["tasks"]).toEqual({ completed: 1000 })
    session.close()
    const smaller = sqliteStore(file, { retention: { completed: { count: 10 } } }).open(silentHost)
    const before = Number(smaller.stats()["bytes"])
    for (let call = 0; call < 5; call++) smaller.sweep(0)
    expect(Number(smaller.stats()["bytes"])).toBeLessThan(before / 2)
    smaller.close()
  })

  it("keeps an entry that lies far behind its task's first one in a batch", () => {
    const session = sqliteStore(path()).open(silentHost)
    const batch = settled(40_000)
    session.commit(batch)
    expect([...session.entries({ task: "settled-0" })].map(({ position }) => position)).toEqual([1, 40_001])
    const far = { task: "far", at: 0, what: { type: "start" } as const }
    const { entries, records } = births("far")
    const crowd = settled(35_000, "crowd")
    session.commit({
      entries: [...entries, ...crowd.entries, far],
      records: [...records, ...crowd.records],
      schedules: new Set(),
    })
    expect([...session.entries({ task: "far" })].map(({ position }) => position)).toEqual([80_001, 150_002])
    expect([...session.entries({ after: 150_000 })].map(({ task }) => task)).toEqual(["crowd-34999", "far"])
    session.close()
  })

  it("reads no row behind the last entry that is asked for", () => {
    const file = path()
    const session = sqliteStore(file).open(silentHost)
    session.commit(births("a", "b"))
    session.commit(endsOf([carving("a"), carving("b")]))
    session.close()
    const db = new DatabaseSync(file)
    db.exec("UPDATE log SET entries = 'unreadable' WHERE position = 4")
    db.close()
    const reader = readSqliteStore(file)
    expect([...reader.entries({ upTo: 3 })].map(({ position }) => position)).toEqual([1, 2, 3])
    expect(() => [...reader.entries({ upTo: 4 })]).toThrow("unreadable")
    reader.close()
  })

  it("keeps what is said in one turn in several rows where one would be too large", () => {
    const file = path()
    const session = sqliteStore(file).open(silentHost)
    const said = ["a", "b", "c"].map((letter) => JSON.stringify(letter.repeat(1_200_000)))
    const { entries, records } = births("loud")
    const emitted = said.map((data) => ({ task: "loud", at: 0, what: { type: "emit", name: "part", data } as const }))
    session.commit({ entries: [...entries, ...emitted], records, schedules: new Set() })
    const kept = [...session.entries({ task: "loud" })].map(({ what }) =>
      what.type === "emit" ? what.data : what.type,
    )
    expect(kept.map((data) => data === "born" || said.indexOf(data as string))).toEqual([true, 0, 1, 2])
    session.close()
    const db = new DatabaseSync(file, { readOnly: true })
    expect(db.prepare("SELECT max(length(entries)) AS longest FROM tasks").get()?.["longest"]).toBeLessThan(3_000_000)
    db.close()
  })

  it.each([
    ["a text", "aé", 2],
    ["bytes", new Uint8Array(3), 2],
  ])("refuses %s that is too long for it before it is written", (_title, kept, most) => {
    expect(() => ofLength(kept, most)).toThrow("Cannot keep a value of 3 bytes: at most 2 can be kept")
    expect(ofLength(kept, most + 1)).toBe(kept)
  })

  it.each([
    { status: "pending", sort: "oldest", cursor: "5" },
    { status: ["pending", "running"], sort: "newest", name: "carve*" },
    { status: "running", sort: "settled-oldest", cursor: ":5" },
  ] as const)("has the living in the order of an index, in which a page is found without sorting: %o", (query) => {
    const file = path()
    sqliteStore(file).open(silentHost).close()
    const db = new DatabaseSync(file, { readOnly: true })
    const steps: string[] = []
    const explaining = {
      prepare: (sql: string) => {
        steps.push(
          ...db
            .prepare(`EXPLAIN QUERY PLAN ${sql}`)
            .all()
            .map(({ detail }) => String(detail)),
        )
        return db.prepare(sql)
      },
    }
    listTasks(explaining as DatabaseSync, { ...query, limit: 10 })
    expect(new Set(steps.map((step) => step.replace(/( AND rowid[<>]\?)?\)$/, ")")))).toEqual(
      new Set(["SEARCH tasks USING INDEX tasks_status (status=? AND is_root=? AND settled_at=?)"]),
    )
    db.close()
  })

  it("is a database that anybody may read", () => {
    const file = path()
    const session = sqliteStore(file).open(silentHost)
    session.commit(settled(3))
    const db = new DatabaseSync(file, { readOnly: true })
    const rows = db.prepare("SELECT name, status, count(*) AS count FROM tasks GROUP BY name, status").all()
    expect(rows).toMatchObject([{ name: "carve", status: "completed", count: 3 }])
    expect(db.prepare("PRAGMA journal_mode").get()).toMatchObject({ journal_mode: "wal" })
    db.close()
    session.close()
  })

  it.each([
    ["", {}, `Cannot make a store: its path must be that of a file, current value is ""`],
    [":memory:", {}, `current value is ":memory:"; for a store without one there is memoryStore()`],
    [7, {}, `Cannot make a store: its path must be that of a file, current value is 7`],
    ["a.db", 7, `Cannot make a store: its options must be an object, current value is 7`],
    ["a.db", { durability: "disk" }, `"durability" must be "process" or "power", current value is "disk"`],
    ["a.db", { retention: { completed: { count: 0.5 } } }, `"retention.completed.count" must be a whole number`],
  ])("refuses the path %o with the options %o", (given, options, message) => {
    expect(() => sqliteStore(given as never, options as never)).toThrow(message)
  })
})

describe("who only reads a store", () => {
  it("sees what its owner has committed, at once, and owns nothing", () => {
    const file = path()
    const session = sqliteStore(file).open(silentHost)
    session.commit(births("a"))
    session.schedules.set("nightly", { cursor: 1 })
    session.commit({ entries: [], records: [], schedules: new Set(["nightly"]) })
    const reader = readSqliteStore(file)
    expect(reader.find("a")).toEqual(session.find("a"))
    session.commit(births("b"))
    expect([...reader.living()].map(({ id }) => id)).toEqual(["a", "b"])
    expect(reader.list({ limit: 1 }).records[0]?.id).toBe("b")
    expect([...reader.entries({})]).toEqual([...session.entries({})])
    expect([reader.last, [...reader.schedules]]).toEqual([2, [["nightly", { cursor: 1 }]]])
    expect([...reader.childrenOf("a")]).toEqual([])
    expect(reader.stats()).toEqual(session.stats())
    session.close()
    reader.close()
    reader.close()
  })

  it("reads a store that nobody has open", () => {
    const file = path()
    const session = sqliteStore(file).open(silentHost)
    session.commit(births("a"))
    session.close()
    const reader = readSqliteStore(file)
    expect(reader.find("a")?.id).toBe("a")
    reader.close()
    sqliteStore(file).open(silentHost).close()
  })

  it("makes no file where there is none", () => {
    const file = path()
    expect(() => readSqliteStore(file)).toThrow(
      `Cannot read the store "${file}": there is no such file; look at the path`,
    )
    expect(() => statSync(file)).toThrow("ENOENT")
  })
})
