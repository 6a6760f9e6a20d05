/** Real programs, really killed. */
import { spawn, type ChildProcess } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { setTimeout as sleep } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { readSqliteStore } from "tasktor/sqlite"
import { expect, it, onTestFinished } from "vitest"

const program = fileURLToPath(new URL("../../fixtures/store/busy-program.ts", import.meta.url))

interface Started {
  readonly child: ChildProcess
  /** What it has said so far. */
  readonly lines: readonly string[]
  /** It has said that it is. */
  readonly ready: Promise<unknown>
  /** It has promised a task. */
  readonly promises: Promise<unknown>
}

/** A program on that store, and what it has promised so far. */
function start(path: string, ...mode: string[]): Started {
  const child = spawn(process.execPath, [program, path, ...mode], { stdio: ["ignore", "pipe", "inherit"] })
  onTestFinished(() => void child.kill("SIGKILL"))
  const lines: string[] = []
  const ready = Promise.withResolvers<void>()
  const promises = Promise.withResolvers<void>()
  createInterface(child.stdout).on("line", (line) => {
    lines.push(line)
    if (line.startsWith("task ")) promises.resolve()
    else ready.resolve()
  })
  return { child, lines, ready: ready.promise, promises: promises.promise }
}

/** Its output is read to the end. */
function closed(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => void child.once("close", () => resolve()))
}

it("a program that is killed a hundred times loses nothing that it promised, and settles all of it once", async () => {
  const folder = mkdtempSync(join(tmpdir(), "tasktor-killed-"))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const path = join(folder, "tasks.db")
  // An orderly life first: what it has compiled saves the others half of their start.
  await closed(start(path, "the last one").child)
  const promised = new Set<string>()
  let lived = 0
  for (let life = 0; life < 100; life++) {
    const { child, lines, ready, promises } = start(path)
    const end = closed(child)
    // Some are killed while they start, and take over what the one before has left; of the others some are given the time to promise something.
    const isEarly = life % 4 === 3
    if (!isEarly) await (life % 4 === 1 ? promises : ready)
    await sleep(Math.random() * (isEarly ? 120 : 60))
    child.kill("SIGKILL")
    await end
    if (lines.includes("ready")) lived++
    for (const line of lines) if (line.startsWith("task ")) promised.add(line.slice(5))
  }
  const last = start(path, "the last one")
  await closed(last.child)
  expect(last.lines).toContain("settled")
  expect(lived).toBeGreaterThanOrEqual(75)
  expect(promised.size).toBeGreaterThanOrEqual(25)

  const store = readSqliteStore(path)
  onTestFinished(() => store.close())
  expect([...store.living()]).toEqual([])
  const records = new Map([...promised].map((id) => [id, store.find(id)]))
  expect([...records].filter(([, record]) => record?.snapshot.outcome?.status !== "completed")).toEqual([])
  // Each task has one birth and one end, which is the last that happened to it; and no entry of the log is missing.
  const lives = new Map<string, { births: number; ends: number; last: string }>()
  let expected = 1
  const gaps: number[] = []
  for (const { task, what, position } of store.entries({})) {
    if (position !== expected++) gaps.push(position)
    if (task === undefined) continue
    const life = lives.get(task) ?? { births: 0, ends: 0, last: "" }
    lives.set(task, life)
    if (what.type === "born") life.births++
    const isEnd =
      what.type === "complete" || what.type === "stop" || (what.type === "fail" && what.retryAt === undefined)
    if (isEnd) life.ends++
    life.last = what.type
  }
  expect(gaps).toEqual([])
  const odd = [...lives].filter(([, { births, ends, last: end }]) => births !== 1 || ends !== 1 || end !== "complete")
  expect(odd).toEqual([])
}, 1_200_000)
