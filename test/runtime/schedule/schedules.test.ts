import {
  at,
  chain,
  createSupervisor,
  cron,
  daily,
  defineSchedule,
  defineTask,
  every,
  group,
  type Schedule,
  type Supervisor,
  type TaskFact,
} from "tasktor"
import { describe, expect, it } from "vitest"
import { isDefinedSchedule } from "../../../runtime/schedule/define-schedule.ts"
import { notingTask, setupSettable } from "../../support/schedules.ts"
import { setup } from "../../support/setup.ts"

const noop = defineTask({ name: "noop", run: () => "done" })
const seconds = (slots: readonly string[]): string[] => slots.map((slot) => slot.slice(14))
const entry = (supervisor: Supervisor, name: string) => supervisor.schedules.list().find((one) => one.name === name)

describe("a schedule", () => {
  it("runs its call at each slot, and tells the body which one that is", async () => {
    const { supervisor, clock } = setup()
    const { note, slots } = notingTask(clock)
    supervisor.schedules.add("pulse", every("10 seconds"), note())
    await clock.advance("35 seconds")
    expect(seconds(slots)).toEqual(["00:10", "00:20", "00:30"])
  })

  it("says in its tasks' snapshots and facts where they come from", async () => {
    const { supervisor, clock } = setup()
    const facts: TaskFact[] = []
    supervisor.onFact((fact) => facts.push(fact))
    supervisor.schedules.add("pulse", every("10 seconds"), noop())
    await clock.advance("10 seconds")
    const origin = { type: "schedule", schedule: "pulse", slot: clock.now() }
    const { lastTask = "" } = entry(supervisor, "pulse") ?? {}
    expect(supervisor.get(lastTask).snapshot).toMatchObject({ status: "completed", origin, key: ["schedule", "pulse"] })
    expect(facts[0]).toMatchObject({ type: "submitted", origin })
  })

  it("tells its slot to the steps of a pipeline and to the children of a body as well", async () => {
    const { supervisor, clock } = setup()
    const { note, slots } = notingTask(clock)
    const parent = defineTask({ name: "parent", run: (ctx) => ctx.run(note()).result() })
    supervisor.schedules.add("pulse", every("10 seconds"), chain(note(), group([parent(), note()])), { limit: 1 })
    await clock.advance("10 seconds")
    expect(seconds(slots)).toEqual(["00:10", "00:10", "00:10"])
  })

  it("leaves the tasks that it did not run without an origin", async () => {
    const { supervisor, clock } = setup()
    const task = supervisor.run(noop())
    expect(task.snapshot.origin).toBeUndefined()
    await clock.advance(0)
    expect(task.snapshot.origin).toBeUndefined()
  })

  it("gives its tasks the options of a run", async () => {
    const { supervisor, clock } = setup()
    const done: string[] = []
    supervisor.schedules.add("pulse", every("10 seconds"), noop(), {
      key: "mine",
      tags: ["pulse"],
      whenDone: (task) => done.push(`${String(task.key)} ${task.snapshot.tags.join()}`),
    })
    await clock.advance("10 seconds")
    expect(done).toEqual(["mine pulse"])
  })

  it("is listed with what it was made by, when it is next, when it was last and how often", async () => {
    const { supervisor, clock } = setup()
    supervisor.schedules.add("nightly", cron("0 2 * * *", { timeZone: "UTC" }), noop())
    expect(supervisor.schedules.list()).toEqual([
      {
        name: "nightly",
        description: "cron 0 2 * * * UTC",
        state: "active",
        paused: false,
        next: new Date("2026-01-01T02:00:00Z"),
        last: undefined,
        lastTask: undefined,
        runs: 0,
      },
    ])
    await clock.advance("2 hours")
    expect(entry(supervisor, "nightly")).toMatchObject({
      next: new Date("2026-01-02T02:00:00Z"),
      last: new Date("2026-01-01T02:00:00Z"),
      runs: 1,
    })
    expect(supervisor.inspect.stats()).toMatchObject({ schedules: 1 })
  })

  it("of one instant ends after it, and stays in the list", async () => {
    const { supervisor, clock } = setup()
    const { note, slots } = notingTask(clock)
    supervisor.schedules.add("once", at(new Date("2026-01-01T00:00:10Z")), note())
    await clock.advance("1 minute")
    expect(seconds(slots)).toEqual(["00:10"])
    expect(entry(supervisor, "once")).toMatchObject({ state: "ended", next: undefined, runs: 1 })
    expect(supervisor.schedules.next("once")).toEqual([])
  })

  it("runs as often as its limit says, and not beyond its bounds", async () => {
    const { supervisor, clock } = setup()
    const { note, slots } = notingTask(clock)
    supervisor.schedules.add("twice", every("10 seconds"), note(), { limit: 2 })
    const from = new Date("2026-01-01T00:00:30Z")
    const until = new Date("2026-01-01T00:00:40Z")
    supervisor.schedules.add("bounded", every("5 seconds"), note(), { from, until })
    expect(supervisor.schedules.next("twice", 9)).toHaveLength(2)
    expect(supervisor.schedules.next("bounded", 9)).toHaveLength(3)
    await clock.advance("1 minute")
    expect(seconds(slots)).toEqual(["00:10", "00:20", "00:30", "00:35", "00:40"])
    expect(supervisor.schedules.list().map(({ state, next }) => [state, next])).toEqual([
      ["ended", undefined],
      ["ended", undefined],
    ])
  })

  it("may be a user's own", async () => {
    const { supervisor, clock } = setup()
    const { note, slots } = notingTask(clock)
    const own: Schedule = { next: (_count, after = new Date()) => [new Date(after.getTime() + 7000)] }
    supervisor.schedules.add("own", own, note())
    supervisor.schedules.add(
      "named",
      Object.assign(Object.create(own) as Schedule, { toString: () => "tides" }),
      note(),
    )
    expect(supervisor.schedules.list().map(({ description }) => description)).toEqual([
      "a schedule of its own",
      "tides",
    ])
    supervisor.schedules.remove("named")
    await clock.advance("15 seconds")
    expect(seconds(slots)).toEqual(["00:07", "00:14"])
  })

  it("runs a pipeline as well as a task, and Effects, and what fails", async () => {
    const { supervisor, clock } = setup()
    const fails = defineTask({
      name: "fails",
      run: () => {
        throw new Error("no")
      },
    })
    supervisor.schedules.add("fails", every("10 seconds"), fails())
    await clock.advance("30 seconds")
    expect(entry(supervisor, "fails")).toMatchObject({ runs: 3, state: "active" })
  })
})

describe("what changes takes effect at once", () => {
  it("paused, slots pass; resumed, it goes on with the next one of the same grid", async () => {
    const { supervisor, clock } = setup()
    const { note, slots } = notingTask(clock)
    supervisor.schedules.add("pulse", every("10 seconds"), note())
    await clock.advance("15 seconds")
    supervisor.schedules.pause("pulse")
    supervisor.schedules.pause("pulse")
    expect(entry(supervisor, "pulse")).toMatchObject({ paused: true, state: "paused", next: undefined })
    await clock.advance("20 seconds")
    expect(seconds(supervisor.schedules.next("pulse", 2).map((date) => date.toISOString().slice(0, 19)))).toEqual([
      "00:40",
      "00:50",
    ])
    supervisor.schedules.resume("pulse")
    supervisor.schedules.resume("pulse")
    await clock.advance("10 seconds")
    expect(seconds(slots)).toEqual(["00:10", "00:40"])
  })

  it("removed, it is gone; what it has run goes on", async () => {
    const { supervisor, clock } = setup()
    const { note, slots } = notingTask(clock, 60_000)
    supervisor.schedules.add("pulse", every("10 seconds"), note())
    await clock.advance("10 seconds")
    expect(supervisor.schedules.remove("pulse")).toBe(true)
    expect(supervisor.schedules.remove("pulse")).toBe(false)
    expect(supervisor.schedules.list()).toEqual([])
    await clock.advance("30 seconds")
    expect(slots).toHaveLength(1)
    expect(supervisor.getSnapshot().tasks).toHaveLength(1)
  })

  it("may be removed by the one who is told of its task", async () => {
    const { supervisor, clock } = setup()
    supervisor.onFact(() => supervisor.schedules.remove("pulse"))
    supervisor.schedules.add("pulse", every("10 seconds"), noop())
    await clock.advance("1 minute")
    expect(supervisor.schedules.list()).toEqual([])
  })

  it("added with a nearer slot, it does not wait for the others", async () => {
    const { supervisor, clock } = setup()
    const { note, slots } = notingTask(clock)
    supervisor.schedules.add("late", every("1 hour"), note())
    supervisor.schedules.add("soon", every("1 second"), note(), { limit: 1 })
    await clock.advance("1 second")
    expect(slots).toHaveLength(1)
  })

  it("added again, it gets another schedule and call, and keeps its runs and its pause", async () => {
    const { supervisor, clock } = setup()
    const first = notingTask(clock)
    const second = notingTask(clock)
    supervisor.schedules.add("pulse", every("10 seconds"), first.note())
    await clock.advance("10 seconds")
    supervisor.schedules.add("pulse", every("3 seconds"), second.note())
    await clock.advance("7 seconds")
    expect(seconds(first.slots)).toEqual(["00:10"])
    expect(seconds(second.slots)).toEqual(["00:13", "00:16"])
    expect(entry(supervisor, "pulse")).toMatchObject({ runs: 3, description: "every 3 seconds" })
    supervisor.schedules.pause("pulse")
    supervisor.schedules.add("pulse", every("1 second"), second.note())
    await clock.advance("10 seconds")
    expect(entry(supervisor, "pulse")).toMatchObject({ runs: 3, paused: true })
  })

  it("added again with the same interval, it keeps its grid", async () => {
    const { supervisor, clock } = setup()
    const { note, slots } = notingTask(clock)
    supervisor.schedules.add("pulse", every("10 seconds"), note())
    await clock.advance("4 seconds")
    supervisor.schedules.add("pulse", every(10_000), note(), { overlap: "allow" })
    await clock.advance("10 seconds")
    expect(seconds(slots)).toEqual(["00:10"])
  })

  it("ended, it begins again when it is added with slots to come", async () => {
    const { supervisor, clock } = setup()
    const { note, slots } = notingTask(clock)
    supervisor.schedules.add("pulse", every("10 seconds"), note(), { limit: 1 })
    await clock.advance("10 seconds")
    supervisor.schedules.add("pulse", every("10 seconds"), note(), { limit: 1 })
    expect(entry(supervisor, "pulse")).toMatchObject({ state: "ended" })
    supervisor.schedules.add("pulse", every("10 seconds"), note(), { limit: 2 })
    await clock.advance("1 minute")
    expect(seconds(slots)).toEqual(["00:10", "00:20"])
  })
})

describe("runNow", () => {
  it("runs it at once, and leaves its slots and its limit alone", async () => {
    const { supervisor, clock } = setup()
    const { note, slots } = notingTask(clock)
    supervisor.schedules.add("pulse", every("10 seconds"), note(), { limit: 1 })
    await clock.advance("3 seconds")
    const task = supervisor.schedules.runNow("pulse")
    expect(task.snapshot.origin).toEqual({ type: "schedule", schedule: "pulse", slot: clock.now() })
    await clock.advance("30 seconds")
    expect(seconds(slots)).toEqual(["00:03", "00:10"])
    expect(await task.result()).toEqual(new Date("2026-01-01T00:00:03Z"))
    expect(entry(supervisor, "pulse")).toMatchObject({ runs: 1, state: "ended" })
    supervisor.schedules.runNow("pulse")
    await clock.advance(0)
    expect(slots).toHaveLength(3)
  })

  it("counts for what overlaps", async () => {
    const { supervisor, clock } = setup()
    const { note, slots } = notingTask(clock, 15_000)
    supervisor.schedules.add("pulse", every("10 seconds"), note())
    await clock.advance("9 seconds")
    supervisor.schedules.runNow("pulse")
    await clock.advance("20 seconds")
    expect(seconds(slots)).toEqual(["00:09"])
  })
})

describe("the clock", () => {
  it("set back, no slot is run again", async () => {
    const { supervisor, clock, setBy } = setupSettable()
    const { note, slots } = notingTask(clock)
    supervisor.schedules.add("each minute", cron("* * * * *", { timeZone: "UTC" }), note())
    await clock.advance("10 minutes")
    expect(slots).toHaveLength(10)
    setBy(-5 * 60_000)
    await clock.advance("5 minutes")
    expect(slots).toHaveLength(10)
    await clock.advance("1 minute")
    expect(seconds(slots).slice(10)).toEqual(["11:00"])
  })

  it.each([
    ["once", ["2026-01-01T05:00:00"]],
    ["skip", []],
    ["all", ["01", "02", "03", "04", "05"].map((hour) => `2026-01-01T${hour}:00:00`)],
  ] as const)("set ahead, slots are missed: %s", async (catchUp, expected) => {
    const { supervisor, clock, setBy } = setupSettable()
    const { note, slots } = notingTask(clock)
    supervisor.schedules.add("hourly", cron("0 * * * *", { timeZone: "UTC" }), note(), { catchUp })
    await clock.advance("10 minutes")
    setBy(5 * 3_600_000)
    await clock.advance("1 minute")
    expect(slots).toEqual(expected)
    expect(entry(supervisor, "hourly")?.next).toEqual(new Date("2026-01-01T06:00:00Z"))
  })

  it("a little late, a slot is run whatever catchUp says", async () => {
    const { supervisor, clock, setBy } = setupSettable()
    const { note, slots } = notingTask(clock)
    supervisor.schedules.add("hourly", cron("0 * * * *", { timeZone: "UTC" }), note(), { catchUp: "skip" })
    await clock.advance("59 minutes")
    setBy(90_000)
    await clock.advance("1 minute")
    expect(slots).toEqual([])
    setBy(-90_000)
    await clock.advance("59 minutes")
    setBy(30_000)
    await clock.advance("1 minute")
    expect(slots).toEqual(["2026-01-01T02:00:00"])
  })

  it("has one timer for all of them, and none when there is nothing to come", async () => {
    const { supervisor } = setup()
    const timers = () => supervisor.inspect.stats()["timers"]
    expect(timers()).toBe(0)
    for (let n = 0; n < 1000; n++) supervisor.schedules.add(`n${n}`, daily({ at: "12:00", timeZone: "UTC" }), noop())
    expect(timers()).toBe(1)
    for (let n = 0; n < 500; n++) supervisor.schedules.remove(`n${n}`)
    for (let n = 500; n < 1000; n++) supervisor.schedules.pause(`n${n}`)
    expect(timers()).toBe(0)
    supervisor.schedules.resume("n500")
    expect(timers()).toBe(1)
    await supervisor.shutdown()
    expect(timers()).toBe(0)
  })

  it("thousands that are due at once are all run", async () => {
    const { supervisor, clock } = setup({ history: 0 })
    for (let n = 0; n < 2500; n++) supervisor.schedules.add(`n${n}`, every("1 minute"), noop(), { limit: 1 })
    await clock.advance("1 minute")
    for (let turn = 0; turn < 5; turn++) await clock.settle()
    expect(supervisor.schedules.list().filter(({ runs }) => runs === 1)).toHaveLength(2500)
  })
})

describe("a shutdown", () => {
  it("ends it: nothing is run any more, and nothing is kept waiting", async () => {
    const { supervisor, clock } = setup()
    const { note, slots } = notingTask(clock)
    supervisor.schedules.add("pulse", every("10 seconds"), note())
    await supervisor.shutdown()
    supervisor.schedules.add("another", every("10 seconds"), note())
    await clock.advance("1 minute")
    expect(slots).toEqual([])
    expect(supervisor.inspect.stats()).toMatchObject({ timers: 0, schedules: 2 })
  })

  it("that drains runs no slot", async () => {
    const { supervisor, clock } = setup()
    const { note, slots } = notingTask(clock, 15_000)
    supervisor.schedules.add("pulse", every("10 seconds"), note(), { overlap: "allow" })
    await clock.advance("10 seconds")
    const stopped = supervisor.shutdown({ drain: "1 hour" })
    await clock.advance("1 hour")
    await stopped
    expect(slots).toHaveLength(1)
  })
})

describe("misuse", () => {
  const open = () => setup().supervisor.schedules

  it.each([
    ["a name", () => open().add("", every(1000), noop()), '"name" must be a text that is not empty'],
    ["a name", () => open().add(5 as never, every(1000), noop()), TypeError],
    ["a schedule", () => open().add("x", "0 2 * * *" as never, noop()), "it needs a schedule such as cron"],
    ["a definition", () => open().add("x", every(1000), noop as never), "apply a definition to its arguments"],
    ["no call", () => open().add("x", every(1000), {} as never), "it needs a call"],
    ["options", () => open().add("x", every(1000), noop(), 5 as never), "its options must be an object"],
    [
      "catchUp",
      () => open().add("x", every(1000), noop(), { catchUp: "twice" as never }),
      '"catchUp" must be one of skip, once, all',
    ],
    ["overlap", () => open().add("x", every(1000), noop(), { overlap: "no" as never }), '"overlap" must be one of'],
    ["limit", () => open().add("x", every(1000), noop(), { limit: 0 }), '"limit" must be a whole number, 1 or more'],
    ["from", () => open().add("x", every(1000), noop(), { from: "now" as never }), '"from" must be a valid Date'],
    [
      "until",
      () => open().add("x", every(1000), noop(), { until: new Date(Number.NaN) }),
      '"until" must be a valid Date',
    ],
    [
      "a setting",
      () => open().add("x", every(1000), noop(), { priority: Number.NaN }),
      '"priority" must be a finite number',
    ],
    ["an executor", () => open().add("x", every(1000), noop(), { executor: "moon" }), "moon"],
    ["no module", () => open().add("x", every(1000), noop(), { executor: "thread" }), "module"],
    [
      "a conflict",
      () => open().add("x", every(1000), noop(), { key: "k", overlap: "queue", onConflict: "join" }),
      "leave one of them out",
    ],
    ["nothing", () => open().add(undefined as never), TypeError],
  ] as [string, () => void, string | typeof TypeError][])("%s is refused when it is added", (_what, add, message) => {
    expect(add).toThrow(message)
  })

  it("a name that is not there is refused, naming those that are", () => {
    const schedules = open()
    expect(() => schedules.pause("x")).toThrow(
      new RangeError('Cannot pause schedule "x": there is none of that name; there is none at all'),
    )
    schedules.add("y", every(1000), noop())
    expect(() => schedules.resume("x")).toThrow('there are "y"')
    expect(() => schedules.runNow("x")).toThrow(RangeError)
    expect(() => schedules.next("x")).toThrow(RangeError)
    expect(() => schedules.next("y", 1.5)).toThrow(RangeError)
  })

  it("what is refused leaves the schedule as it was", () => {
    const schedules = open()
    schedules.add("y", every(1000), noop())
    expect(() => schedules.add("y", every(2000), noop(), { limit: -1 })).toThrow(RangeError)
    const broken: Schedule = { next: () => [new Date(0)] }
    expect(() => schedules.add("y", broken, noop())).toThrow("must return a Date after")
    expect(() => schedules.add("z", { next: () => "soon" as never }, noop())).toThrow("must return an array of Dates")
    expect(schedules.list()).toMatchObject([{ name: "y", description: "every 1 second" }])
  })

  it("a schedule that fails when it is due is told of, and ends nothing else", async () => {
    const { supervisor, clock, warnings } = setup()
    const { note, slots } = notingTask(clock)
    let calls = 0
    const failing: Schedule = {
      next: (_count, after = new Date()) => {
        if (++calls > 3) throw new Error("no more")
        return [new Date(after.getTime() + 7000)]
      },
    }
    supervisor.schedules.add("failing", failing, note())
    supervisor.schedules.add("pulse", every("10 seconds"), note())
    await clock.advance("30 seconds")
    expect(slots.filter((slot) => slot.endsWith("0"))).toHaveLength(3)
    expect(entry(supervisor, "failing")).toMatchObject({ state: "ended" })
    expect(warnings).toEqual([
      {
        message: 'tasktor: Schedule "failing" has ended, because it cannot say when its next slot is',
        cause: new Error("no more"),
      },
    ])
  })

  it("a call that can no longer be run is told of, slot by slot", async () => {
    const { supervisor, clock, warnings } = setup()
    const retry = { maxAttempts: 2 }
    supervisor.schedules.add("pulse", every("10 seconds"), noop(), { retry })
    retry.maxAttempts = 0
    await clock.advance("20 seconds")
    expect(warnings.map(({ message }) => message)).toEqual([
      'tasktor: Schedule "pulse" could not run its task for 2026-01-01T00:00:10.000Z',
      'tasktor: Schedule "pulse" could not run its task for 2026-01-01T00:00:20.000Z',
    ])
    expect(entry(supervisor, "pulse")).toMatchObject({ runs: 0, state: "active" })
  })
})

describe("a schedule that is defined", () => {
  it("is data, which a supervisor takes", async () => {
    const { supervisor, clock } = setup()
    const { note, slots } = notingTask(clock)
    const defined = defineSchedule("pulse", every("10 seconds"), note(), { limit: 1 })
    expect(isDefinedSchedule(defined)).toBe(true)
    expect(isDefinedSchedule(noop)).toBe(false)
    expect(isDefinedSchedule(undefined)).toBe(false)
    supervisor.schedules.add(defined)
    await clock.advance("1 minute")
    expect(seconds(slots)).toEqual(["00:10"])
  })

  it("is refused as one that is added", () => {
    expect(() => defineSchedule("", every(1000), noop())).toThrow(TypeError)
    expect(() => defineSchedule("x", every(1000), noop(), { limit: 0.5 })).toThrow(RangeError)
  })
})

it("a supervisor without schedules says so", async () => {
  await using supervisor = createSupervisor()
  expect(supervisor.inspect.stats()).toMatchObject({ schedules: 0, timers: 0 })
  expect(supervisor.schedules.list()).toEqual([])
})
