import { at, cron, daily, every, monthly, type Schedule, weekly } from "tasktor"
import { describe, expect, it } from "vitest"
import { scheduleOf } from "../../../runtime/schedule/timing/schedule-of.ts"
import { isTiming } from "../../../runtime/schedule/timing/schedule.ts"

const iso = (dates: readonly Date[]): string[] => dates.map((date) => date.toISOString().slice(0, 19))
const next = (schedule: Schedule, after: string, count: number): string[] => iso(schedule.next(count, new Date(after)))

describe("every", () => {
  it("counts from where one asks, or from where it begins", () => {
    expect(next(every("10 seconds"), "2026-01-01T00:00:03Z", 2)).toEqual(["2026-01-01T00:00:13", "2026-01-01T00:00:23"])
    const grid = every("1 hour", { from: new Date("2026-01-01T00:30:00Z") })
    expect(next(grid, "2025-12-01T00:00:00Z", 2)).toEqual(["2026-01-01T00:30:00", "2026-01-01T01:30:00"])
    expect(next(grid, "2026-05-01T07:30:00Z", 1)).toEqual(["2026-05-01T08:30:00"])
  })

  it.each([0, -1, 0.5, Number.POSITIVE_INFINITY, "0.1 ms", "0 seconds"] as const)(
    "refuses an interval of %j",
    (interval) => {
      expect(() => every(interval)).toThrow(RangeError)
    },
  )

  it("refuses what is no duration and no Date", () => {
    expect(() => every("soon" as never)).toThrow(TypeError)
    expect(() => every("1 hour", { from: 0 as never })).toThrow('"from" of every()')
    expect(() => every("1 hour", 5 as never)).toThrow(TypeError)
  })
})

describe("at", () => {
  it("comes once", () => {
    const instant = new Date("2026-06-01T12:00:00Z")
    expect(at(instant).next(5, new Date("2026-01-01"))).toEqual([instant])
    expect(at(instant).next(5, instant)).toEqual([])
    expect(() => at("tomorrow" as never)).toThrow(TypeError)
    expect(() => at(new Date(Number.NaN))).toThrow(TypeError)
  })
})

describe("daily", () => {
  it("comes at each time of each day, in their order", () => {
    const schedule = daily({ at: ["22:07", "6:30", "06:30:15"], timeZone: "UTC" })
    expect(next(schedule, "2026-01-01T00:00:00Z", 4)).toEqual([
      "2026-01-01T06:30:00",
      "2026-01-01T06:30:15",
      "2026-01-01T22:07:00",
      "2026-01-02T06:30:00",
    ])
  })

  it.each([
    ["weekdays", ["01", "02", "05", "06"]],
    ["weekends", ["03", "04", "10", "11"]],
    [
      ["mon", "thursday"],
      ["01", "05", "08", "12"],
    ],
  ] as const)("on %j", (on, days) => {
    const found = next(daily({ at: "12:00", on, timeZone: "UTC" }), "2026-01-01T00:00:00Z", 4)
    expect(found).toEqual(days.map((day) => `2026-01-${day}T12:00:00`))
  })

  it.each(["24:00", "12:60", "12:00:60", "noon", "12", "", 12])("refuses a time of %j", (time) => {
    expect(() => daily({ at: time as string })).toThrow(RangeError)
  })

  it("refuses days that are none, and no times", () => {
    expect(() => daily({ at: "12:00", on: ["someday"] as never })).toThrow('"on" must be names of weekdays')
    expect(() => daily({ at: "12:00", on: [] })).toThrow(RangeError)
    expect(() => daily({ at: [] })).toThrow('"at" must have a time of day')
    expect(() => daily(undefined as never)).toThrow(TypeError)
    expect(() => daily({ at: "12:00", timeZone: "Nowhere" })).toThrow("timeZone")
  })
})

describe("weekly", () => {
  it("comes on its days", () => {
    const schedule = weekly({ on: ["sunday", "wed"], at: "08:00", timeZone: "UTC" })
    expect(next(schedule, "2026-01-01T00:00:00Z", 3)).toEqual([
      "2026-01-04T08:00:00",
      "2026-01-07T08:00:00",
      "2026-01-11T08:00:00",
    ])
    expect(next(weekly({ on: "friday", at: "16:00", timeZone: "Europe/Paris" }), "2026-03-28T00:00:00Z", 1)).toEqual([
      "2026-04-03T14:00:00",
    ])
  })
})

describe("monthly", () => {
  it.each([31, "last"] as const)("on day %j is the last day of each month, and does not drift", (day) => {
    const schedule = monthly({ day, at: "23:30", timeZone: "UTC" })
    expect(next(schedule, "2027-12-31T23:30:00Z", 6).map((slot) => slot.slice(0, 10))).toEqual([
      "2028-01-31",
      "2028-02-29",
      "2028-03-31",
      "2028-04-30",
      "2028-05-31",
      "2028-06-30",
    ])
  })

  it("on day 30 is the 28th in February alone", () => {
    const schedule = monthly({ day: 30, at: "00:00", timeZone: "UTC" })
    expect(next(schedule, "2026-01-01T00:00:00Z", 3).map((slot) => slot.slice(5, 10))).toEqual([
      "01-30",
      "02-28",
      "03-30",
    ])
  })

  it.each([0, 32, 1.5, "first", undefined])("refuses day %j", (day) => {
    expect(() => monthly({ day: day as never, at: "00:00" })).toThrow('"day" must be 1 to 31, or "last"')
  })
})

describe("a schedule as data", () => {
  it.each([
    [cron("0  2 * * *", { timeZone: "Europe/Paris" }), "cron 0 2 * * * Europe/Paris"],
    [cron("*/5 0 0 13 * fri", { timeZone: "UTC", dayMatch: "and" }), "cron */5 0 0 13 * fri UTC"],
    [every("90 minutes"), "every 90 minutes"],
    [every("1 day"), "every 1 day"],
    [every(1500), "every 1500 ms"],
    [every("1 hour", { from: new Date(0) }), "every 1 hour from 1970-01-01T00:00:00.000Z"],
    [at(new Date(0)), "at 1970-01-01T00:00:00.000Z"],
    [
      daily({ at: ["22:07", "06:00"], on: "weekdays", timeZone: "UTC" }),
      "daily at 06:00, 22:07 on mon, tue, wed, thu, fri UTC",
    ],
    [daily({ at: "22:07", timeZone: "UTC" }), "daily at 22:07 UTC"],
    [weekly({ on: "friday", at: "16:00", timeZone: "UTC" }), "weekly on fri at 16:00 UTC"],
    [monthly({ day: 31, at: "23:30", timeZone: "UTC" }), "monthly on day 31 at 23:30 UTC"],
    [monthly({ day: "last", at: "23:30", timeZone: "UTC" }), "monthly on the last day at 23:30 UTC"],
  ])("%# is told as text, and made again from JSON", (schedule, text) => {
    if (!isTiming(schedule)) throw new Error("is none of ours")
    expect(String(schedule)).toBe(text)
    const again = scheduleOf(JSON.parse(JSON.stringify(schedule.spec)))
    expect(JSON.stringify(again.spec)).toBe(JSON.stringify(schedule.spec))
    const after = new Date("1969-12-01T00:00:00Z")
    expect(again.next(10, after)).toEqual(schedule.next(10, after))
  })

  it("of a type that this version does not know is refused", () => {
    expect(() => scheduleOf({ type: "lunar" } as never)).toThrow("this version does not know its type")
  })
})
