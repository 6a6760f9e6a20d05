/** One process at a time, however the one before it ended; and what others may ask of it. */
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, statSync } from "node:fs"
import { createInterface } from "node:readline"
import { DatabaseSync } from "node:sqlite"
import { fileURLToPath } from "node:url"
import { afterEach, describe, expect, it } from "vitest"
import { askOwner } from "../../../adapters/stores/sqlite/ask-owner.ts"
import { RequestDesk } from "../../../adapters/stores/sqlite/request-desk.ts"
import { readSqliteStore } from "../../../adapters/stores/sqlite/read-sqlite-store.ts"
import { sqliteStore } from "../../../adapters/stores/sqlite/sqlite-store.ts"
import { births } from "../../conformance/store-batches.ts"
import { silentHost } from "../../conformance/store.ts"
import { temporaryFolder } from "../../support/temporary-folder.ts"

const { path } = temporaryFolder()
const program = (name: string): string => fileURLToPath(new URL(`../../fixtures/${name}.ts`, import.meta.url))
const children: ChildProcess[] = []

afterEach(async () => {
  for (const child of children.splice(0)) await kill(child)
})

/** A process that has the store open. */
async function owner(file: string): Promise<ChildProcess & { readonly pid: number }> {
  const child = start("store-owner", file)
  await once(child.stdout, "data")
  return child as typeof child & { readonly pid: number }
}

function start(name: string, file: string) {
  const child = spawn(process.execPath, [program(name), file], { stdio: ["ignore", "pipe", "inherit"] })
  children.push(child)
  return child
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill("SIGKILL")
  await once(child, "exit")
}

describe("a store that another process has open", () => {
  it("is refused at once, with the pid of its owner, and is free as soon as that is killed", async () => {
    const file = path()
    const child = await owner(file)
    const open = () => sqliteStore(file).open(silentHost)
    expect(open).toThrow(expect.objectContaining({ name: "StoreError", problem: "in-use" }))
    expect(open).toThrow(
      new RegExp(
        `^Cannot open the store "${file}": process ${child.pid} has it open since 20\\d\\d-[^;]+; end that program first, or give this one a file of its own$`,
      ),
    )
    await kill(child)
    const session = open()
    expect([session.isFirst, [...session.living()].map(({ id }) => id)]).toEqual([true, [`of-${child.pid}`]])
    session.close()
  })

  it("keeps its locks, whoever looks into it in its own process", async () => {
    const file = path()
    const session = sqliteStore(file).open(silentHost)
    session.commit(births("kept"))
    const log = statSync(`${file}-wal`).ino
    const reader = readSqliteStore(file)
    expect(reader.find("kept")?.id).toBe("kept")
    reader.close()
    expect(await askOwner(file, { type: "stats" })).toBeUndefined()
    // Another program comes and goes, as sqlite3 does. Were it the last one with a lock, it would take SQLite's log along.
    const visit = `const db = new (require("node:sqlite").DatabaseSync)(${JSON.stringify(file)}); db.exec("BEGIN IMMEDIATE; COMMIT"); db.close()`
    const visitor = spawn(process.execPath, ["--no-warnings", "-e", visit], { stdio: "inherit" })
    children.push(visitor)
    await once(visitor, "exit")
    expect(statSync(`${file}-wal`).ino).toBe(log)
    expect(() => sqliteStore(file).open(silentHost)).toThrow(expect.objectContaining({ problem: "in-use" }))
    session.close()
  })

  it("is told of as this process's own where it is that", () => {
    const file = path()
    const session = sqliteStore(file).open(silentHost)
    expect(() => sqliteStore(file).open(silentHost)).toThrow(
      /: this process has it open already since 20[^,]+, by another sqliteStore\(\); give that one to both supervisors$/,
    )
    session.close()
    sqliteStore(file).open(silentHost).close()
  })
})

describe("an owner that is killed while it writes", () => {
  it.each([1, 10, 50])(
    "has lost nothing that was acknowledged, and kept no half of a batch: after %i of them",
    async (count) => {
      const file = path()
      const child = start("store-writer", file)
      let acknowledged = 0
      let seen = 0
      for await (const line of createInterface(child.stdout)) {
        acknowledged = Number(line)
        if (++seen === count) child.kill("SIGKILL")
      }
      const session = sqliteStore(file).open(silentHost)
      expect(session.last).toBeGreaterThanOrEqual(acknowledged)
      expect(session.last % 40).toBe(0)
      expect([...session.entries({})]).toHaveLength(session.last)
      expect(session.list({ limit: Infinity, status: "completed" }).records).toHaveLength(session.last / 2)
      session.close()
    },
  )
})

describe("the owner of a store", () => {
  it("looks again for what it was asked while another program had locked the file", async () => {
    const file = path()
    sqliteStore(file).open(silentHost).close()
    const [own, other] = [new DatabaseSync(file), new DatabaseSync(file)]
    const warned = Promise.withResolvers<string>()
    const asked = Promise.withResolvers<unknown>()
    const desk = new RequestDesk(own, async (request) => asked.resolve(request), warned.resolve)
    const request = { type: "cancel", task: "a", reason: "no longer needed" } as const
    other
      .prepare("INSERT INTO requests (until, request) VALUES (?, ?)")
      .run(Date.now() + 60_000, JSON.stringify(request))
    other.exec("BEGIN IMMEDIATE")
    expect(await warned.promise).toBe("Cannot read what other processes ask of the store")
    other.exec("ROLLBACK")
    expect(await asked.promise).toEqual(request)
    desk.close()
    for (const db of [own, other]) db.close()
  })
})

describe("who asks the owner of a store", () => {
  it("has its answer from another process", async () => {
    const file = path()
    await owner(file)
    const request = { type: "cancel", task: "a", reason: "no longer needed" } as const
    expect(await askOwner(file, request)).toEqual({ request, at: new Date(5) })
  })

  it("is told what the owner says against it", async () => {
    const file = path()
    await owner(file)
    await expect(askOwner(file, { type: "stats" })).rejects.toThrow("Cannot stats: this is a test")
  })

  it("waits no longer than it wants to", async () => {
    const file = path()
    const { pid } = await owner(file)
    const asked = askOwner(file, { type: "cancel", task: "a", reason: "never" }, { timeout: 1 })
    await expect(asked).rejects.toThrow(expect.objectContaining({ problem: "unanswered" }))
    await expect(asked).rejects.toThrow(`process ${pid} has not answered within 1 ms; it is busy or stopped`)
  })

  it("is told that the owner has gone while it waited", async () => {
    const file = path()
    const child = await owner(file)
    const asked = askOwner(file, { type: "cancel", task: "a", reason: "never" })
    await Promise.all([expect(asked).rejects.toThrow(expect.objectContaining({ problem: "closed" })), kill(child)])
  })

  it("is told that nobody owns it", async () => {
    const [none, left] = [path(), path()]
    sqliteStore(left).open(silentHost).close()
    for (const file of [none, left]) {
      await expect(askOwner(file, { type: "stats" })).rejects.toThrow(
        `Cannot ask the owner of the store "${file}": no program has it open; start one, or open the store with sqliteStore()`,
      )
    }
    expect(existsSync(none)).toBe(false)
  })

  it("has the answer of the supervisor that knows the task, of several", async () => {
    const store = sqliteStore(path())
    const refusing = {
      ...silentHost,
      asked: async () => Promise.reject(new Error("Cannot cancel: there is no such task")),
    }
    const sessions = [store.open(refusing), store.open({ ...silentHost, asked: async () => ["cancelled"] })]
    expect(await askOwner(store.name, { type: "cancel", task: "a" })).toEqual(["cancelled"])
    sessions[1]?.close()
    await expect(askOwner(store.name, { type: "cancel", task: "a" })).rejects.toThrow("there is no such task")
    sessions[0]?.commit(births("a"))
    sessions[0]?.close()
  })
})
