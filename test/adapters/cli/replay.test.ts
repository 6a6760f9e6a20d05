import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest"
import { momentOf } from "../../../adapters/cli/replay/moment.ts"
import { Player } from "../../../adapters/cli/replay/player.ts"
import { meaningOf, typed } from "../../../adapters/cli/replay/replay-keys.ts"
import { replayScreen } from "../../../adapters/cli/replay/replay-screen.ts"
import { Tape } from "../../../adapters/cli/replay/tape.ts"
import { createSupervisor } from "../../../adapters/presets/node.ts"
import { readSqliteStore } from "../../../adapters/stores/sqlite/read-sqlite-store.ts"
import { sqliteStore } from "../../../adapters/stores/sqlite/sqlite-store.ts"
import { themeFor } from "../../../adapters/terminal/theme.ts"
import { Fold } from "../../../runtime/journal/fold.ts"
import type { StoreReader } from "../../../runtime/ports/store.ts"
import { births, settled } from "../../conformance/store-batches.ts"
import { silentHost } from "../../conformance/store.ts"
import { cli } from "./cli.ts"
import { double, load } from "./fixtures/kept-jobs.ts"

const folder = mkdtempSync(join(tmpdir(), "tasktor-cli-"))
const file = join(folder, "tasks.db")
let reader: StoreReader

/** 1,500 tasks in batches, of which one fails, and two that stay: more entries than lie between two kept folds. */
beforeAll(async () => {
  const supervisor = createSupervisor({ store: sqliteStore(file), random: () => 0 })
  for (let i = 0; i < 15; i++) {
    const handles = Array.from({ length: 100 }, (_, n) => supervisor.run(double(n)))
    await Promise.all(handles.map((handle) => handle.outcome()))
  }
  await supervisor.run(load("bad.csv"), { retry: { maxAttempts: 1 } }).outcome()
  supervisor.run(double(7), { delay: "1 day", key: ["late", 1] })
  await supervisor.run(double(8), { delay: "1 day" }).persisted()
  await supervisor.shutdown()
  reader = readSqliteStore(file)
})
afterAll(() => {
  reader.close()
  rmSync(folder, { recursive: true })
})

describe("the tape", () => {
  test("gives at each place what a fold from the beginning gives, forward and back", () => {
    const tape = new Tape(reader)
    const { last } = tape
    for (const position of [0, 1, last, 5, 2500, 2499, 1700, last - 1, 3]) {
      const fold = new Fold(reader)
      for (const entry of reader.entries({ upTo: position })) fold.apply(entry)
      expect(tape.foldAt(position).snapshot()).toEqual(fold.snapshot())
    }
  })

  test("reads no more than lies between two kept folds to go back", () => {
    const tape = new Tape(reader)
    tape.foldAt(tape.last)
    let read = 0
    const entries = tape.entries.bind(tape)
    tape.entries = function* (after, upTo) {
      for (const entry of entries(after, upTo)) {
        read++
        yield entry
      }
    }
    tape.foldAt(tape.last - 1)
    expect(read).toBeLessThanOrEqual(1000)
  })

  test("knows the entries beside a place", () => {
    const tape = new Tape(reader)
    expect(tape.entryAt(0)).toBeUndefined()
    expect(tape.entryAfter(0)?.position).toBe(1)
    expect(tape.entryAt(tape.last + 10)?.position).toBe(tape.last)
    expect(tape.entryAfter(tape.last)).toBeUndefined()
  })
})

describe("a log of which much has been forgotten", () => {
  const forgetful = join(folder, "forgetful.db")
  let most: StoreReader

  beforeAll(() => {
    const session = sqliteStore(forgetful, { retention: { completed: { count: 0 } } }).open(silentHost)
    session.commit(births("first"))
    for (let part = 0; part < 4; part++) {
      session.commit(settled(20_000, `gone-${part}`))
      while (session.sweep(0) > 0);
    }
    session.commit(births("last"))
    session.close()
    most = readSqliteStore(forgetful)
  })
  afterAll(() => most.close())

  test("is asked a few times for what is beside a place, however wide the gap", () => {
    let asked = 0
    const counting = new Proxy(most, {
      get: (target, name) => {
        if (name === "entries") asked++
        return Reflect.get(target, name) as unknown
      },
    })
    const tape = new Tape(counting)
    const last = tape.last
    expect(tape.entryAfter(1)).toMatchObject({ position: last, task: "last" })
    expect(tape.entryAt(last - 1)).toMatchObject({ position: 1, task: "first" })
    expect(asked).toBeLessThan(9) // 16 blocks of 10,000 positions lie between
  })
})

describe("who steps through the log", () => {
  test("goes by one or by a hundred, and stops at the ends", () => {
    const player = new Player(new Tape(reader), reader)
    player.move("back")
    expect(player.position).toBe(0)
    player.move("far-forward")
    player.move("forward")
    player.move("back")
    expect(player.position).toBe(100)
    player.move("far-back")
    player.move("end")
    player.move("forward")
    expect(player.position).toBe(reader.last)
    expect(player.fact).toMatchObject({ type: "supervisor", state: "stopped" })
  })

  test("jumps to a position, to a time, and to the entries of a task, round about", () => {
    const player = new Player(new Tape(reader), reader)
    expect(player.jump("17")).toBe(true)
    expect(player.position).toBe(17)
    expect(player.jump("load")).toBe(true)
    expect(player.fact).toMatchObject({ type: "submitted", name: "load" })
    player.jump("load")
    expect(player.fact).toMatchObject({ type: "state", phase: "executing" })
    player.jump("late/1")
    expect(player.fact).toMatchObject({ type: "submitted", key: ["late", 1] })
    player.jump("t000000-1 ")
    expect(player.fact).toMatchObject({ task: expect.stringContaining("t000000-1") as string })
    expect(player.jump("nothing of that name")).toBe(false)
    player.jump(new Date(Date.now() + 1000).toISOString())
    expect(player.position).toBe(reader.last)
  })

  test("sees the place, the entry, and all tasks as they were", () => {
    const tape = new Tape(reader)
    const player = new Player(tape, reader)
    player.jump("late")
    const { position, fact } = player
    const view = { file: "tasks.db", position, last: tape.last, fold: tape.foldAt(position), fact, prompt: undefined }
    const screen = replayScreen(view, { columns: 80, rows: 10 }, themeFor(false, {}))
    expect(screen).toHaveLength(10)
    expect(screen[0]).toMatch(new RegExp(`^entry ${position} of ${tape.last}  .+  tasks.db$`))
    expect(screen[1]).toMatch(/^double t000000-1502  submitted, not before /)
    expect(screen[2]).toBe("supervisor open  1 pending, 1500 completed, 1 failed")
    expect(screen[4]).toMatch(/^◌ double late\/1 .+ starts in 1d 00h$/)
    expect(screen[9]).toContain("q quit")
  })
})

describe("a moment that is typed", () => {
  const noon = new Date(2026, 10, 30, 12).getTime()

  test.each([
    ["1200", { type: "position", position: 1200 }],
    ["14:30", { type: "instant", instant: new Date(2026, 10, 30, 14, 30).getTime() }],
    ["4:30:05.5", { type: "instant", instant: new Date(2026, 10, 30, 4, 30, 5, 500).getTime() }],
    ["2026-11-30 14:30", { type: "instant", instant: new Date(2026, 10, 30, 14, 30).getTime() }],
    ["2026-11-30T14:30:00Z", { type: "instant", instant: Date.UTC(2026, 10, 30, 14, 30) }],
    ["march", undefined],
    ["t000000-1", undefined],
  ])("%j", (text, moment) => {
    expect(momentOf(text, noon)).toEqual(moment)
  })
})

test("a day that is typed is this place's, as all other moments are", () => {
  vi.stubEnv("TZ", "America/New_York")
  try {
    expect(momentOf("2026-11-30", 0)).toEqual({ type: "instant", instant: Date.UTC(2026, 10, 30, 5) })
    expect(momentOf("2026-11-30 00:00", 0)).toEqual(momentOf("2026-11-30", 0))
  } finally {
    vi.unstubAllEnvs()
  }
})

test("keys have meanings, and are text while something is typed", () => {
  const moves = ["right", "h", "j", "pageup"].map((name) => meaningOf({ name, sequence: name }))
  expect(moves).toEqual(["forward", "back", "far-forward", "far-back"])
  expect([meaningOf({ name: "g", sequence: "G" }), meaningOf({ name: "c", ctrl: true })]).toEqual(["end", "quit"])
  expect(typed("a", { sequence: "b" })).toBe("ab")
  expect(typed("ab", { name: "backspace", sequence: "\x7f" })).toBe("a")
  expect(typed("ab", { name: "up", sequence: "\x1b[A" })).toBe("ab")
  expect(typed("ab", { name: "escape", sequence: "\x1b" })).toBeUndefined()
})

test("elsewhere than on a terminal the log is printed, or one moment of it", async () => {
  const [lines, json, moment, wrong] = await Promise.all([
    cli("replay", file),
    cli("replay", file, "--json"),
    cli("replay", file, "--at", "1", "--json"),
    cli("replay", file, "--at", "yesterday"),
  ])
  expect(lines.stdout).toMatch(/^1 {2}.+ {2}the supervisor is open\n2 {2}.+ {2}double t000000-1 {2}submitted\n/)
  const facts = json.stdout.trim().split("\n")
  expect(JSON.parse(facts.at(-1) ?? "")).toMatchObject({ position: reader.last, type: "supervisor", state: "stopped" })
  expect(lines.stdout.trim().split("\n")).toHaveLength(facts.length)
  expect(JSON.parse(moment.stdout)).toMatchObject({ position: 1, state: "open", tasks: [] })
  expect(wrong.stderr).toContain("Cannot read --at: it must be a position of the log, or an instant such as 14:30")
  expect(wrong.code).toBe(2)
})
