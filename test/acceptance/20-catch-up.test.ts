import { cron, every, type ScheduleOptions } from "tasktor"
import { simulatedClock } from "tasktor/testing"
import { describe, expect, it } from "vitest"
import { memoryScheduleBook } from "../../runtime/schedule/schedule-book.ts"
import { notingTask, setupWithBook } from "../support/schedules.ts"
import { setup } from "../support/setup.ts"

/** An hourly schedule that has run at 01:00, and whose supervisor is gone from 01:00 to 04:30. */
async function downFor3AndAHalfHours(options: ScheduleOptions) {
  const clock = simulatedClock()
  const book = memoryScheduleBook()
  const { note, slots } = notingTask(clock)
  const before = setupWithBook(clock, book).supervisor
  before.schedules.add("hourly", cron("0 * * * *", { timeZone: "UTC" }), note(), options)
  await clock.advance("59 minutes")
  await before.shutdown()
  await clock.advance("3.5 hours")
  expect(slots).toEqual([])
  const { supervisor } = setupWithBook(clock, book)
  await clock.advance(0)
  const caughtUp = slots.splice(0).map((slot) => slot.slice(11, 16))
  await clock.advance("1 hour")
  return { caughtUp, after: slots.map((slot) => slot.slice(11, 16)), supervisor }
}

describe("20. an hourly schedule that is down for 3.5 hours", () => {
  it.each([
    ["all", ["01:00", "02:00", "03:00", "04:00"]],
    ["once", ["04:00"]],
    ["skip", []],
  ] as const)("catches up with %s", async (catchUp, expected) => {
    const { caughtUp, after, supervisor } = await downFor3AndAHalfHours({ catchUp })
    expect(caughtUp).toEqual(expected)
    expect(after).toEqual(["05:00"])
    expect(supervisor.schedules.list()).toMatchObject([{ name: "hourly", runs: expected.length + 1 }])
  })

  it("catches up with once where nothing is said", async () => {
    expect((await downFor3AndAHalfHours({})).caughtUp).toEqual(["04:00"])
  })
})

it("20. a slow body with overlap skip: never two at once", async () => {
  const { supervisor, clock } = setup()
  const { note, slots, mostAtOnce } = notingTask(clock, 25_000)
  supervisor.schedules.add("slow", every("10 seconds"), note(), { overlap: "skip" })
  await clock.advance("2 minutes")
  expect(mostAtOnce()).toBe(1)
  expect(slots.map((slot) => slot.slice(14))).toEqual(["00:10", "00:40", "01:10", "01:40"])
})
