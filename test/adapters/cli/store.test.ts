import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { cancelTasks } from "../../../adapters/cli/store/cancel-tasks.ts"
import { listTasks } from "../../../adapters/cli/store/list-tasks.ts"
import { answerQuestion } from "../../../adapters/cli/store/operator-questions.ts"
import { purgeTasks } from "../../../adapters/cli/store/purge-tasks.ts"
import { UsageError } from "../../../adapters/cli/usage-error.ts"
import { cli, type Ended, Program } from "./cli.ts"

const folder = mkdtempSync(join(tmpdir(), "tasktor-cli-"))
afterAll(() => rmSync(folder, { recursive: true }))

/** A new store with tasks in every state, and the program that owns it. */
async function ownedStore(name: string): Promise<{ readonly file: string; readonly owner: Program }> {
  const file = join(folder, `${name}.db`)
  const owner = new Program(process.execPath, ["store-owner.ts", file])
  await owner.printed("ready")
  return { file, owner }
}

async function killed(owner: Program): Promise<void> {
  owner.child.kill("SIGKILL")
  await owner.ended
}

/** What docs/cli.md says that a command prints. */
function documented(command: string): string {
  const page = readFileSync(new URL("../../../docs/cli.md", import.meta.url), "utf8")
  const [, output] = new RegExp(`\\$ npx tasktor ${command}[^\\n]*\\n(.*?)\`\`\``, "s").exec(page) ?? []
  return calm(output ?? "")
}

/** Without what is different each time. */
function calm(text: string): string {
  return text
    .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{3})?/g, "(time)")
    .replaceAll(/\b\d+\.\ds\b/g, "0.0s")
    .replaceAll(/(?<=starts in ).+/g, "1h 00m")
    .replaceAll(/ +/g, " ")
    .replaceAll(/ $/gm, "")
}

describe("a store that a program owns", () => {
  let file: string
  let owner: Program
  const on = (...words: readonly string[]): Promise<Ended> => cli(...words, "--store", file)

  beforeAll(async () => {
    ;({ file, owner } = await ownedStore("owned"))
  })
  afterAll(() => killed(owner))

  test("is listed by query, as a table or as lines of JSON", async () => {
    const [all, failed, json, none, few] = await Promise.all([
      on("ls", "--sort", "oldest"),
      on("ls", "state:failed", "name:lo"),
      on("ls", "state:failed,completed name:lo", "--json"),
      on("ls", "nothing like it"),
      on("ls", "--limit", "2"),
    ])
    expect(calm(all.stdout)).toBe(documented("ls"))
    expect(all).toMatchObject({ stderr: "", code: 0 })
    expect(failed.stdout.split("\n")).toHaveLength(3)
    const tasks = json.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { id: string; outcome: unknown })
    expect(tasks).toMatchObject([
      { id: "t000000-2", outcome: { status: "failed", failure: { error: { name: "TypeError" } } } },
      { id: "t000000-1", outcome: { status: "completed", output: { file: "a.csv", rows: 12 } } },
    ])
    expect(none).toEqual({ stdout: "", stderr: "No task matches\n", code: 0 })
    expect(few.stdout.split("\n")).toHaveLength(4)
    expect(few.stderr).toBe("There are more: see --limit and --all\n")
  })

  test("tells all of a task", async () => {
    const [text, verbose, json, unknown] = await Promise.all([
      on("show", "t000000-2"),
      on("show", "t000000-2", "-v"),
      on("show", "t000000-1", "--json"),
      on("show", "t000000-99"),
    ])
    expect(calm(text.stdout)).toBe(documented("show"))
    expect(verbose.stdout).toContain("kept-jobs.ts")
    const shown = JSON.parse(json.stdout) as { facts: readonly { type: string }[] }
    expect(shown).toMatchObject({ args: ["a.csv"], children: [], outcome: { output: { rows: 12 } } })
    expect(shown.facts.map(({ type }) => type)).toEqual(["submitted", "state", "log", "outcome"])
    expect(unknown).toMatchObject({ stdout: "", code: 2 })
    expect(unknown.stderr).toContain('Cannot find task "t000000-99"')
  })

  test("answers an operator's questions", async () => {
    const [active, scheduled, reserved, registered, stats] = await Promise.all(
      ["active", "scheduled", "reserved", "registered", "stats"].map((question) => on("inspect", question)),
    )
    expect(active?.stdout).toMatch(/^ID .+\nt000000-3 +load +running .+\n$/)
    expect(scheduled?.stdout).toMatch(/\nt000000-7 +double +delayed .+\n$/)
    expect(reserved?.stdout.split("\n")).toHaveLength(5)
    expect(registered?.stdout).toBe("double\nload\n")
    expect(JSON.parse(stats?.stdout ?? "")).toMatchObject({ alive: 5, store: { name: file, tasks: { pending: 4 } } })
  })

  test("has its schedules looked after", async () => {
    const [list, next, json] = await Promise.all([
      on("schedule", "ls"),
      on("schedule", "next", "nightly", "2"),
      on("schedule", "next", "nightly", "--json"),
    ])
    expect(calm(list.stdout)).toBe(documented("schedule ls"))
    expect(calm(next.stdout)).toMatch(/^\(time\) in .+\n\(time\) in .+\n$/)
    expect(json.stdout.match(/"at":"[\d-]+T02:00:00.000Z"/g)).toHaveLength(5)

    expect(await on("schedule", "pause", "nightly")).toEqual({ stdout: "nightly is paused\n", stderr: "", code: 0 })
    const [resumed, run, unknown] = await Promise.all([
      on("schedule", "resume", "nightly"),
      on("schedule", "run", "hourly"),
      on("schedule", "pause", "weekly"),
    ])
    expect(resumed.stdout).toBe("nightly is active\n")
    expect(run.stdout).toMatch(/^t000000-\d+\n$/)
    expect(unknown).toEqual({
      stdout: "",
      stderr: 'tasktor: Cannot pause schedule "weekly": there is none of that name; there are "nightly", "hourly"\n',
      code: 2,
    })
  })

  test("has its tasks submitted again, purged and cancelled", async () => {
    const [again, living, refused] = await Promise.all([
      on("retry", "t000000-2"),
      on("retry", "t000000-1", "t000000-3"),
      on("purge", "name:load"),
    ])
    expect(again).toMatchObject({ stderr: "", code: 0 })
    expect(again.stdout).toMatch(/^t000000-\d+\n$/)
    expect(living.stdout).toMatch(/^t000000-\d+\n$/)
    expect(living.code).toBe(1)
    expect(living.stderr).toContain("Cannot resubmit task t000000-3 (load): it has not settled")
    expect(refused).toEqual({
      stdout: "",
      stderr:
        "tasktor: Cannot purge 3 queued tasks: there is no terminal on which to ask whether that is meant; give --yes\n",
      code: 2,
    })

    expect(await on("purge", "name:load", "--yes")).toEqual({ stdout: "Purged 3 queued tasks\n", stderr: "", code: 0 })
    const [cancelled, byQuery] = await Promise.all([
      on("cancel", "t000000-3", "t000000-1", "nobody", "--reason", "wrong file"),
      on("cancel", "--query", "state:pending name:double"),
    ])
    expect(calm(cancelled.stdout)).toBe("t000000-3 cancelled\nt000000-1 already-completed\nnobody unknown\n")
    expect(cancelled.code).toBe(1)
    expect(byQuery).toEqual({ stdout: "t000000-7  cancelled\n", stderr: "", code: 0 })
    const { stdout } = await on("show", "t000000-3")
    expect(stdout).toContain("cancelled: wrong file")
  })
})

describe("a store that nobody owns", () => {
  let file: string
  const on = (...words: readonly string[]): Promise<Ended> => cli(...words, "--store", file)

  beforeAll(async () => {
    const owned = await ownedStore("left")
    await killed(owned.owner)
    ;({ file } = owned)
  })

  test("is looked into without a change", async () => {
    const [active, stats, registered] = await Promise.all([
      on("inspect", "active"),
      on("inspect", "stats"),
      on("inspect", "registered"),
    ])
    expect(active.stderr).toBe("No program has the store open: what is running here ran when its program ended\n")
    expect(JSON.parse(stats.stdout)).toMatchObject({ store: { tasks: { running: 1 } } })
    expect(registered.stderr).toContain("Cannot tell which tasks are registered: no program has")
    expect(registered.code).toBe(2)
  })

  test("keeps what is done to it for the next program", async () => {
    expect(await on("cancel", "t000000-3", "t000000-7")).toEqual({
      stdout: "t000000-3  cancelled\nt000000-7  cancelled\n",
      stderr: "",
      code: 0,
    })
    expect((await on("purge", "-y")).stdout).toBe("Purged 3 queued tasks\n")
    const again = await on("retry", "t000000-2", "t000000-4")
    expect(again).toMatchObject({
      stderr: "No program has the store open: the next one that opens it runs what was submitted again\n",
      code: 0,
    })
    expect((await on("schedule", "pause", "nightly")).stdout).toBe("nightly is paused\n")
    expect((await on("schedule", "run", "nightly")).stderr).toContain("tasktor beat <module> --store")

    const next = new Program(process.execPath, ["store-heir.ts", file])
    const { stdout } = await next.ended
    expect(stdout).toBe("nightly paused\nhourly active\n")
    const settled = await on("ls", "name:load", "state:failed,completed", "--sort", "settled-oldest")
    const ids = again.stdout.trim().split("\n")
    expect(settled.stdout).toMatch(new RegExp(`${ids[0]} +load bad +failed .+after 2 attempts`))
    expect(settled.stdout).toMatch(new RegExp(`${ids[1]} +load +completed `))
    expect((await on("show", ids[0] ?? "")).stdout).toMatch(/again of +t000000-2/)
  })
})

describe("where there is no store to be used", () => {
  const store = join(folder, "none.db")

  test.each<[string, () => Promise<number>, string]>([
    ["a file that is missing", () => listTasks([], { store, limit: 50 }), "there is no such file; look at the path"],
    ["a question without a store", async () => answerQuestion("active", {}), "no store is given; give --store <file>"],
    ["a wrong query", () => purgeTasks(["state:odd"], { store }), 'current value is "odd"'],
    ["a cancel of nothing", () => cancelTasks([], { store }), "Cannot cancel: it is not said which tasks"],
    ["a cancel of everything", () => cancelTasks(["a"], { store, query: "b" }), "there are ids and --query"],
  ])("%s is an error of use", async (_title, run, message) => {
    await expect(run()).rejects.toThrow(UsageError)
    await expect(run()).rejects.toThrow(message)
    expect(existsSync(store)).toBe(false)
  })

  test("that is told in one line, with exit code 2", async () => {
    const [without, foreign] = await Promise.all([cli("ls"), cli("show", "x", "-s", "jobs.ts")])
    expect(without).toEqual({
      stdout: "",
      stderr:
        "tasktor: Cannot read the command: required option '-s, --store <file>' not specified; see tasktor --help\n",
      code: 2,
    })
    expect(foreign).toMatchObject({ stdout: "", code: 2 })
    expect(foreign.stderr).toMatch(/^tasktor: Cannot open the store .+: it is no SQLite database; .+\n$/)
  })
})
