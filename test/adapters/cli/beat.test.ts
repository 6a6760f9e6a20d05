import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, onTestFinished, test } from "vitest"
import { at, createSupervisor, defineSchedule, every } from "tasktor"
import { findSchedules } from "../../../adapters/cli/schedule/find-schedules.ts"
import { cli, startCli } from "./cli.ts"
import { double } from "./fixtures/kept-jobs.ts"

describe("tasktor beat", () => {
  test("runs the schedules that a module exports, a line for each slot and each outcome, until there is no slot left", async () => {
    const { stdout, stderr, code } = await cli("beat", "schedules.ts")
    const time = String.raw`\d\d:\d\d:\d\d`
    const date = String.raw`\d{4}-\d\d-\d\d ${time}`
    expect(stdout).toMatch(new RegExp(String.raw`^often +next ${date} +in 0\.0s +every 20 ms$`, "m"))
    expect(stdout).toMatch(/\nnever +ended +cron 0 0 1 1 \*.*\n/)
    expect(stdout.match(new RegExp(`^${time} often t\\S+ runs for ${date}$`, "gm"))).toHaveLength(3)
    expect(stdout.match(new RegExp(`^${time} often t\\S+ completed in \\d+\\.\\ds$`, "gm"))).toHaveLength(3)
    expect(stdout).toMatch(new RegExp(`^${time} failing t\\S+: reading bad.csv$`, "m"))
    expect(stdout).toMatch(new RegExp(`^${time} failing t\\S+ failed in \\d+\\.\\ds: TypeError: no such column$`, "m"))
    expect(stderr).toBe(
      "The schedules are in memory: what they have run is forgotten at the end; --store <file> keeps it\n",
    )
    expect(code).toBe(0)
  })

  test("keeps them in a store, and prints facts as JSON", async () => {
    const folder = mkdtempSync(join(tmpdir(), "tasktor-cli-"))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const store = join(folder, "tasks.db")
    const { stdout, stderr, code } = await cli("beat", "schedules.ts", "--store", store, "--json")
    const facts = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { type: string; origin?: object })
    const origins = facts.flatMap(({ origin }) => origin ?? [])
    expect(origins).toContainEqual({ type: "schedule", schedule: "often", slot: expect.any(Number) as number })
    expect(stderr).toBe("")
    expect(code).toBe(0)
    const kept = await cli("schedule", "ls", "--store", store, "--json")
    expect(
      kept.stdout
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as object),
    ).toContainEqual(expect.objectContaining({ name: "often", state: "ended", runs: 3 }))
  })

  test("takes the supervisor that a module exports; Ctrl-C lets run what runs, twice terminates", async () => {
    const program = startCli("beat", "scheduled-supervisor.ts")
    onTestFinished(() => void program.child.kill("SIGKILL"))
    await program.printed("reading slow.csv")
    program.child.kill("SIGINT")
    await program.printed("Leaving when what runs has ended; press Ctrl-C again to terminate")
    program.child.kill("SIGINT")
    const { stdout, code } = await program.ended
    expect(stdout).toMatch(/ once t\S+ cancelled in .+: the supervisor shuts down\n$/)
    expect(code).toBe(130)
  })

  test.each([
    [["kept-jobs.ts"], "Cannot beat kept-jobs.ts: it exports no schedule but double, load; export one"],
    [
      ["scheduled-supervisor.ts", "--store", "x.db"],
      "Cannot beat scheduled-supervisor.ts with --store x.db: it exports a supervisor, which has a store and slots of its own, or none; leave out --store x.db",
    ],
  ])("%j is an error of use", async (words, message) => {
    const { stdout, stderr, code } = await cli("beat", ...words)
    expect(stdout).toBe("")
    expect(stderr).toContain(`tasktor: ${message}`)
    expect(code).toBe(2)
  })
})

describe("the schedules of a module", () => {
  const one = defineSchedule("one", every("1 hour"), double(1))
  const two = defineSchedule("two", at(new Date(0)), double(2))

  test("stand alone, in arrays and in records, and are each taken once", () => {
    const module = { one, list: [two, 7], record: { one, two }, other: double, nothing: null }
    expect(findSchedules(module, "m")).toEqual({ schedules: [one, two], supervisor: undefined })
  })

  test("may be those that its supervisor has already", async () => {
    await using supervisor = createSupervisor()
    expect(() => findSchedules({ supervisor }, "m")).toThrow("it exports no schedule but supervisor")
    supervisor.schedules.add(one)
    expect(findSchedules({ supervisor }, "m")).toEqual({ schedules: [], supervisor })
  })

  test("must have names of their own", () => {
    const other = defineSchedule("one", every("2 hours"), double(1))
    expect(() => findSchedules({ one, other }, "m")).toThrow('it exports two schedules of the name "one"')
  })
})
