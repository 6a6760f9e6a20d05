/** Schedules that outlive their program. */
import { DatabaseSync } from "node:sqlite"
import { createSupervisor, cron, defineTask, every, memoryStore, type Supervisor } from "tasktor"
import { sqliteStore } from "tasktor/sqlite"
import { simulatedClock } from "tasktor/testing"
import { describe, expect, it } from "vitest"
import { forget } from "../../support/forget.ts"
import { programs } from "../../support/programs.ts"
import { temporaryFolder } from "../../support/temporary-folder.ts"
import { sleep } from "../../support/wait.ts"

const slots: string[] = []
const report = defineTask({
  name: "report",
  run: (ctx, what: string) => {
    slots.push(`${what} ${ctx.scheduledFor?.toISOString().slice(11, 16) ?? "now"}`)
  },
})

function fresh(): ReturnType<typeof programs> {
  slots.length = 0
  return programs()
}

describe("a schedule in a store", () => {
  it.each([
    ["all", ["hourly 01:00", "hourly 02:00", "hourly 03:00", "hourly 04:00"]],
    ["once", ["hourly 04:00"]],
    ["skip", []],
  ] as const)("that nobody looked after for hours runs, with catchUp %s, what that says", async (catchUp, missed) => {
    const { start, kill, clock } = fresh()
    start().schedules.add("hourly", cron("0 * * * *"), report("hourly"), { catchUp })
    await clock.advance("59 minutes")
    kill()
    await clock.advance("3.5 hours")
    const next = start()
    await clock.advance("1 minute")
    expect(slots).toEqual(missed)
    await clock.advance("31 minutes")
    expect(slots).toEqual([...missed, "hourly 05:00"])
    expect(next.schedules.list()).toMatchObject([{ name: "hourly", runs: missed.length + 1, paused: false }])
  })

  it("runs no slot twice that was run when its program was killed, and none that a pause let pass", async () => {
    const { start, kill, clock } = fresh()
    const first = start()
    first.schedules.add("pulse", every("10 minutes"), report("pulse"))
    first.schedules.add("paused", every("10 minutes"), report("paused"))
    await clock.advance("10 minutes")
    first.schedules.pause("paused")
    await clock.settle()
    kill()
    const next = start()
    await clock.advance("9 minutes")
    expect(slots).toEqual(["pulse 00:10", "paused 00:10"])
    expect(next.schedules.list()).toMatchObject([
      { name: "pulse", runs: 1 },
      { name: "paused", runs: 1, paused: true, next: undefined },
    ])
    await clock.advance("6 minutes")
    next.schedules.resume("paused")
    await clock.advance("10 minutes")
    expect(slots.toSorted()).toEqual(["paused 00:10", "paused 00:30", "pulse 00:10", "pulse 00:20", "pulse 00:30"])
  })

  it("is taken over by what the next program says, which keeps its count and its cursor", async () => {
    const { start, kill, clock } = fresh()
    start().schedules.add("nightly", cron("0 1 * * *"), report("old"))
    await clock.advance("2 hours")
    kill()
    const next = start()
    next.schedules.add("nightly", cron("0 1 * * *"), report("new"), { limit: 2 })
    await clock.advance("3 days")
    expect(slots).toEqual(["old 01:00", "new 01:00"])
    expect(next.schedules.list()).toMatchObject([{ runs: 2, state: "ended" }])
  })

  it("is run once for each slot by two supervisors that share the store", async () => {
    const { start, clock } = fresh()
    const [one, other] = [start(), start()]
    one.schedules.add("shared", every("1 hour"), report("shared"))
    expect(other.schedules.list()).toMatchObject([{ name: "shared" }])
    await clock.advance("3 hours")
    expect(slots).toEqual(["shared 01:00", "shared 02:00", "shared 03:00"])
    other.schedules.remove("shared")
    await clock.advance("2 hours")
    expect(slots).toHaveLength(3)
    expect(one.schedules.list()).toEqual([])
  })

  it("runs the task of a slot that was running when its program was killed, as that slot's next attempt", async () => {
    const { start, kill, clock } = fresh()
    const slow = defineTask({
      name: "slow report",
      run: async (ctx) => {
        slots.push(`attempt ${ctx.attempt} for ${ctx.scheduledFor?.toISOString().slice(11, 16) ?? ""}`)
        if (ctx.attempt === 1) await sleep(clock, 3_600_000)
      },
    })
    start().schedules.add("slow", cron("0 1 * * *"), slow())
    await clock.advance("61 minutes")
    kill()
    const next = start()
    await clock.advance("1 minute")
    expect(slots).toEqual(["attempt 1 for 01:00", "attempt 2 for 01:00"])
    const { tasks } = await next.history.list({ schedule: "slow" })
    expect(tasks).toMatchObject([{ origin: { type: "schedule", schedule: "slow" }, status: "completed", attempt: 2 }])
  })

  it("skips a slot while the task of an older one runs, though runNow came after it and has ended first", async () => {
    const { start, kill, clock } = fresh()
    const long = defineTask({
      name: "long report",
      run: (ctx) => sleep(clock, ctx.scheduledFor?.getUTCMinutes() === 0 ? 3 * 3_600_000 : 60_000),
    })
    const first = start()
    first.schedules.add("hourly", cron("0 * * * *"), long())
    await clock.advance("90 minutes")
    first.schedules.runNow("hourly")
    await clock.settle()
    kill()
    const next = start()
    await clock.advance("1 hour")
    const { tasks } = await next.history.list({ schedule: "hourly", sort: "oldest" })
    expect(tasks.map(({ status, attempt }) => [status, attempt])).toEqual([
      ["running", 2],
      ["completed", 2],
    ])
  })

  it("is refused where its call cannot be kept, and changes nothing then", () => {
    const { start } = fresh()
    const supervisor = start()
    const takes = defineTask({ name: "takes", run: (_ctx, value: unknown) => value })
    const add = (): void => supervisor.schedules.add("bad", every("1 hour"), takes({ deep: () => 1 }))
    expect(add).toThrow(
      'Cannot keep a schedule of task "takes": args[0].deep cannot be kept in the store memory; use plain data',
    )
    expect(supervisor.schedules.list()).toEqual([])
  })

  it("is refused where its options have what cannot be kept, by name, and the store goes on", async () => {
    const { start, warnings } = fresh()
    const supervisor = start()
    const shared = { tags: ["x"], logger: { write() {} }, retry: { maxAttempts: 2, when: () => true }, whenDone() {} }
    expect(() => supervisor.schedules.add("bad", every("1 hour"), report("x"), shared)).toThrow(
      'Cannot keep a schedule of task "report": options.logger.write cannot be kept in the store memory; use plain data',
    )
    const { logger: _logger, ...rest } = shared
    supervisor.schedules.add("good", every("1 hour"), report("x"), rest)
    await supervisor.run(report("now")).persisted()
    expect(supervisor.schedules.list()).toMatchObject([{ name: "good" }])
    expect(warnings).toEqual([])
  })
})

it("waits for the definition of its task, listed and with its slots, and makes up for those that have passed", async () => {
  const { start, kill, clock, warnings } = fresh()
  const made = defineTask({ name: "made too late", run: (ctx) => void slots.push(`old ${ctx.attempt}`) })
  start().schedules.add("waiting", every("1 hour"), made(), { catchUp: "all" })
  await clock.advance("30 minutes")
  kill()
  forget("made too late")
  const next = start()
  await clock.advance("2 hours")
  expect(slots).toEqual([])
  expect(next.schedules.list()).toMatchObject([{ name: "waiting", state: "active", runs: 0 }])
  expect(warnings.map(({ message }) => message)).toEqual([
    'tasktor: Schedule "waiting" of the store waits for the definition of its task',
  ])
  defineTask({
    name: "made too late",
    run: (ctx) => void slots.push(`new ${ctx.scheduledFor?.toISOString().slice(11, 16)}`),
  })
  await clock.advance("1 minute")
  expect(slots).toEqual(["new 01:00", "new 02:00"])
})

describe("a schedule in a file", () => {
  const { path } = temporaryFolder()
  const dated = defineTask({ name: "dated", run: (_ctx, from: Date) => from.getTime() })

  function open(file: string, warnings: string[] = []): Supervisor {
    const warn = (message: string): void => void warnings.push(message)
    return createSupervisor({ store: sqliteStore(file), clock: simulatedClock(), warn })
  }

  it("has its call as the file keeps it, though another store has kept the same call before", async () => {
    const file = path()
    const call = dated(new Date(0))
    const inMemory = createSupervisor({ store: memoryStore(), clock: simulatedClock() })
    inMemory.schedules.add("same", every("1 hour"), call)
    const inFile = open(file)
    inFile.schedules.add("same", every("1 hour"), call)
    await Promise.all([inMemory.shutdown(), inFile.shutdown()])
    const next = open(file)
    await expect(next.schedules.runNow("same").result()).resolves.toBe(0)
    await next.shutdown()
  })

  it("is told of and left out when it cannot be read, and the others are followed", async () => {
    const file = path()
    const before = open(file)
    for (const name of ["args", "row", "sound"]) before.schedules.add(name, every("1 hour"), dated(new Date(0)))
    await before.shutdown()
    const db = new DatabaseSync(file)
    db.exec("UPDATE schedules SET value = '{' WHERE name = 'row'")
    db.exec(
      'UPDATE schedules SET value = (SELECT json(\'{"name":"args","task":"dated","call":{"args":{},"settings":"{}"}}\')) WHERE name = \'args\'',
    )
    db.close()
    const warnings: string[] = []
    const next = open(file, warnings)
    expect(next.schedules.list()).toMatchObject([{ name: "sound", state: "active" }])
    expect(warnings).toEqual(
      ["row", "args"].map(
        (name) => `tasktor: Schedule "${name}" of the store cannot be read, and is not followed; add it again`,
      ),
    )
    next.schedules.add("row", every("1 hour"), dated(new Date(0)))
    await next.shutdown()
    const last = open(file, warnings)
    expect(last.schedules.list()).toMatchObject([{ name: "sound" }, { name: "row" }])
    await last.shutdown()
  })

  it("is listed in the order of adding, in the next program too", async () => {
    const file = path()
    const before = open(file)
    for (const name of ["c", "a", "d", "b"]) before.schedules.add(name, every("1 hour"), dated(new Date(0)))
    before.schedules.remove("a")
    before.schedules.add("a", every("1 hour"), dated(new Date(0)))
    before.schedules.pause("c")
    const listed = before.schedules.list().map(({ name }) => name)
    expect(listed).toEqual(["c", "d", "b", "a"])
    await before.shutdown()
    const next = open(file)
    expect(next.schedules.list().map(({ name }) => name)).toEqual(listed)
    next.schedules.add("0", every("1 hour"), dated(new Date(0)))
    await next.shutdown()
    const last = open(file)
    expect(last.schedules.list().map(({ name }) => name)).toEqual([...listed, "0"])
    await last.shutdown()
  })
})
