import { at, cron, defineTask, every, type Schedule } from "tasktor"
import { simulatedClock } from "tasktor/testing"
import { describe, expect, it } from "vitest"
import { memoryScheduleBook } from "../../../runtime/schedule/schedule-book.ts"
import { notingTask, setupWithBook } from "../../support/schedules.ts"

const noop = defineTask({ name: "noop", run: () => "done" })

describe("a supervisor after another one, on the same book", () => {
  it("goes on with the schedules that are in it, with their grids, their pauses and their runs", async () => {
    const clock = simulatedClock()
    const book = memoryScheduleBook()
    const { note, slots } = notingTask(clock)
    const before = setupWithBook(clock, book).supervisor
    before.schedules.add("pulse", every("10 seconds"), note(), { limit: 3 })
    before.schedules.add("paused", every("10 seconds"), note())
    before.schedules.pause("paused")
    await clock.advance("14 seconds")
    await before.shutdown()
    const { supervisor } = setupWithBook(clock, book)
    await clock.advance("1 minute")
    expect(slots.map((slot) => slot.slice(14))).toEqual(["00:10", "00:20", "00:30"])
    expect(supervisor.schedules.list()).toMatchObject([
      { name: "pulse", state: "ended", runs: 3 },
      { name: "paused", paused: true, runs: 0 },
    ])
  })

  it("may be given the same schedules again before it catches up", async () => {
    const clock = simulatedClock()
    const book = memoryScheduleBook()
    const { note, slots } = notingTask(clock)
    const hourly = cron("0 * * * *", { timeZone: "UTC" })
    const before = setupWithBook(clock, book).supervisor
    before.schedules.add("hourly", hourly, note(), { catchUp: "all" })
    await before.shutdown()
    await clock.advance("3.5 hours")
    setupWithBook(clock, book).supervisor.schedules.add("hourly", hourly, note(), { catchUp: "once" })
    await clock.advance(0)
    expect(slots.map((slot) => slot.slice(11))).toEqual(["03:00:00"])
  })

  it("does not catch up with slots of a schedule that was another one then", async () => {
    const clock = simulatedClock()
    const book = memoryScheduleBook()
    const { note, slots } = notingTask(clock)
    const before = setupWithBook(clock, book).supervisor
    before.schedules.add("x", cron("0 0 1 1 *", { timeZone: "UTC" }), note())
    await before.shutdown()
    await clock.advance("3.5 hours")
    const { supervisor } = setupWithBook(clock, book)
    supervisor.schedules.add("x", cron("0 * * * *", { timeZone: "UTC" }), note(), { catchUp: "all" })
    await clock.advance(0)
    expect(slots).toEqual([])
    expect(supervisor.schedules.next("x")).toEqual([new Date("2026-01-01T04:00:00Z")])
  })

  it("runs an instant that has passed meanwhile", async () => {
    const clock = simulatedClock()
    const book = memoryScheduleBook()
    const { note, slots } = notingTask(clock)
    const before = setupWithBook(clock, book).supervisor
    before.schedules.add("once", at(new Date("2026-01-01T01:00:00Z")), note())
    await before.shutdown()
    await clock.advance("1 day")
    setupWithBook(clock, book)
    await clock.advance("1 minute")
    expect(slots).toEqual(["2026-01-01T01:00:00"])
  })

  it("catches up with thousands, each once, oldest first, one after the other", async () => {
    const clock = simulatedClock()
    const book = memoryScheduleBook()
    const { note, slots, mostAtOnce } = notingTask(clock)
    const before = setupWithBook(clock, book).supervisor
    before.schedules.add("each second", every("1 second"), note(), { catchUp: "all" })
    await before.shutdown()
    await clock.advance("50 minutes")
    const { supervisor } = setupWithBook(clock, book)
    await clock.advance(0)
    for (let turn = 0; turn < 50; turn++) await clock.settle()
    expect(slots).toHaveLength(3000)
    expect(slots).toEqual(slots.toSorted())
    expect(mostAtOnce()).toBe(1)
    expect(supervisor.schedules.list()).toMatchObject([{ runs: 3000 }])
  })

  it("catches up with the latest one of millions at once", async () => {
    const clock = simulatedClock()
    const book = memoryScheduleBook()
    const { note, slots } = notingTask(clock)
    book.save({
      name: "each second",
      spec: { type: "cron", expression: "* * * * * *", timeZone: "Europe/Paris", dayMatch: "or" },
      call: note(),
      options: {},
      state: "active",
      endedBy: undefined,
      createdAt: 0,
      anchor: 0,
      cursor: clock.now() - 90 * 86_400_000 - 500,
      runs: 0,
      lastTask: undefined,
      lastSlot: undefined,
    })
    setupWithBook(clock, book)
    await clock.advance(0)
    expect(slots).toEqual(["2026-01-01T00:00:00"])
  })

  it("waits with a user's own schedule until it is given it again", async () => {
    const clock = simulatedClock()
    const book = memoryScheduleBook()
    const { note, slots } = notingTask(clock)
    const own: Schedule = { next: (_count, after = new Date()) => [new Date(after.getTime() + 3_600_000)] }
    const before = setupWithBook(clock, book).supervisor
    before.schedules.add("own", own, note())
    await clock.advance("1 hour")
    await before.shutdown()
    await clock.advance("1.5 hours")
    const { supervisor } = setupWithBook(clock, book)
    await clock.advance(0)
    expect(supervisor.schedules.list()).toMatchObject([{ description: "not known to this program", next: undefined }])
    expect(slots).toHaveLength(1)
    supervisor.schedules.add("own", own, note())
    await clock.advance(0)
    expect(slots.map((slot) => slot.slice(11, 16))).toEqual(["01:00", "02:00"])
  })

  it("leaves alone what a newer version has written, and says so", async () => {
    const clock = simulatedClock()
    const book = memoryScheduleBook()
    const { supervisor: before } = setupWithBook(clock, book)
    before.schedules.add("pulse", every("10 seconds"), noop())
    await before.shutdown()
    for (const record of book.load()) record.spec = { type: "lunar" } as never
    const { supervisor, warnings } = setupWithBook(clock, book)
    expect(warnings).toMatchObject([{ message: 'tasktor: Schedule "pulse" is not followed' }])
    expect(supervisor.schedules.list()).toMatchObject([{ name: "pulse", next: undefined }])
  })
})

describe("two supervisors on the same book", () => {
  it("run each slot once, whoever comes first", async () => {
    const clock = simulatedClock()
    const book = memoryScheduleBook()
    const { note, slots } = notingTask(clock)
    const one = setupWithBook(clock, book).supervisor
    const other = setupWithBook(clock, book).supervisor
    one.schedules.add("pulse", every("10 seconds"), note())
    other.schedules.add("pulse", every("10 seconds"), note())
    await clock.advance("1 minute")
    expect(slots.map((slot) => slot.slice(14))).toEqual(["00:10", "00:20", "00:30", "00:40", "00:50", "01:00"])
    await one.shutdown()
    await clock.advance("10 seconds")
    expect(slots).toHaveLength(7)
  })

  it("know at once what the other one changes", async () => {
    const clock = simulatedClock()
    const book = memoryScheduleBook()
    const one = setupWithBook(clock, book).supervisor
    const other = setupWithBook(clock, book).supervisor
    one.schedules.add("pulse", every("10 seconds"), noop())
    expect(other.schedules.list()).toEqual(one.schedules.list())
    other.schedules.pause("pulse")
    expect(one.schedules.list()).toMatchObject([{ paused: true, next: undefined }])
    one.schedules.add("pulse", every("3 seconds"), noop())
    expect(other.schedules.list()).toMatchObject([{ description: "every 3 seconds", paused: true }])
    one.schedules.resume("pulse")
    expect(other.schedules.list()).toEqual(one.schedules.list())
    other.schedules.remove("pulse")
    expect(one.schedules.list()).toEqual([])
  })
})

it("a book that cannot be written in is told of, and holds up nothing", async () => {
  const clock = simulatedClock()
  const book = memoryScheduleBook()
  const { note, slots } = notingTask(clock)
  let isFull = false
  const save: typeof book.save = (record) => {
    if (isFull) throw new Error("disk full")
    book.save(record)
  }
  const { supervisor, warnings } = setupWithBook(clock, { ...book, save })
  supervisor.schedules.add("x", every("10 seconds"), note())
  supervisor.schedules.add("y", every("10 seconds"), note())
  isFull = true
  await clock.advance("20 seconds")
  expect(slots).toHaveLength(4)
  expect(warnings).toHaveLength(4)
  expect(warnings[0]).toEqual({
    message: 'tasktor: What became of schedule "x" could not be kept',
    cause: new Error("disk full"),
  })
  expect(() => supervisor.schedules.pause("x")).toThrow("disk full")
})

it("what is kept has no functions", () => {
  const clock = simulatedClock()
  const book = memoryScheduleBook()
  const { supervisor } = setupWithBook(clock, book)
  const retry = { maxAttempts: 2, when: () => true }
  supervisor.schedules.add("x", every("10 seconds"), noop(), { retry, whenDone: () => {}, tags: ["a"], limit: 5 })
  const [record] = book.load()
  expect(record?.options).toEqual({ retry: { maxAttempts: 2 }, tags: ["a"], limit: 5 })
  expect(structuredClone(record?.options)).toEqual(record?.options)
})
