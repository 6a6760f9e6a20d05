/** Schedules that outlive their program. */
import { cron, defineTask, every } from "tasktor"
import { describe, expect, it } from "vitest"
import { forget } from "../../support/forget.ts"
import { programs } from "../../support/programs.ts"
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
