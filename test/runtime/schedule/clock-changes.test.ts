import { cron, daily } from "tasktor"
import { describe, expect, it } from "vitest"

/** Slots strictly after one instant and up to another one, as local times with their offsets. */
function slots(expression: string, timeZone: string, from: string, to: string): string[] {
  const schedule = cron(expression, { timeZone })
  const found: string[] = []
  let after = new Date(from)
  for (;;) {
    const [slot] = schedule.next(1, after)
    if (slot === undefined || slot.getTime() > Date.parse(to)) return found
    found.push(localText(slot, timeZone))
    after = slot
  }
}

const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone)
  if (known !== undefined) return known
  const digits = { month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" } as const
  const format = new Intl.DateTimeFormat("en-CA", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    ...digits,
    timeZoneName: "longOffset",
  })
  formats.set(timeZone, format)
  return format
}

function localText(instant: Date, timeZone: string): string {
  const parts = formatOf(timeZone).formatToParts(instant)
  const get = (type: string): string => parts.find((part) => part.type === type)?.value ?? ""
  return `${get("month")}-${get("day")} ${get("hour")}:${get("minute")}${get("timeZoneName").replace("GMT", "")}`
}

describe("on the day on which the clocks skip an hour", () => {
  const paris = (expression: string) =>
    slots(expression, "Europe/Paris", "2026-03-28T20:00:00Z", "2026-03-29T20:00:00Z")

  it("a time that is there comes as ever", () => {
    expect(paris("59 1 * * *")).toEqual(["03-29 01:59+01:00"])
    expect(paris("0 3 * * *")).toEqual(["03-29 03:00+02:00"])
  })

  it("a time that is skipped comes when it is skipped", () => {
    expect(paris("0 2 * * *")).toEqual(["03-29 03:00+02:00"])
    expect(paris("30 2 * * *")).toEqual(["03-29 03:00+02:00"])
  })

  it("several times that are skipped come once", () => {
    expect(paris("0,20,40 2 * * *")).toEqual(["03-29 03:00+02:00"])
    expect(paris("30 2,3 * * *")).toEqual(["03-29 03:00+02:00", "03-29 03:30+02:00"])
    expect(paris("0 1-3 * * *")).toEqual(["03-29 01:00+01:00", "03-29 03:00+02:00"])
  })

  it("hourly is 23 times", () => {
    const day = slots("0 * * * *", "Europe/Paris", "2026-03-28T22:59:00Z", "2026-03-29T21:59:00Z")
    expect(day).toHaveLength(23)
    expect(day.slice(0, 3)).toEqual(["03-29 00:00+01:00", "03-29 01:00+01:00", "03-29 03:00+02:00"])
  })

  it("what goes on within a skipped hour does not come", () => {
    expect(paris("*/15 2 * * *")).toEqual([])
  })
})

describe("on the day on which the clocks show an hour twice", () => {
  const paris = (expression: string) =>
    slots(expression, "Europe/Paris", "2026-10-24T20:00:00Z", "2026-10-25T20:00:00Z")

  it("a time that is shown twice comes the first time", () => {
    expect(paris("30 2 * * *")).toEqual(["10-25 02:30+02:00"])
    expect(paris("0 2 * * *")).toEqual(["10-25 02:00+02:00"])
    expect(paris("0,30 2 * * *")).toEqual(["10-25 02:00+02:00", "10-25 02:30+02:00"])
  })

  it("a time after it comes once", () => {
    expect(paris("0 3 * * *")).toEqual(["10-25 03:00+01:00"])
  })

  it("hourly is 25 times", () => {
    const day = slots("0 * * * *", "Europe/Paris", "2026-10-24T21:59:00Z", "2026-10-25T22:59:00Z")
    expect(day).toHaveLength(25)
    expect(day.slice(1, 5)).toEqual([
      "10-25 01:00+02:00",
      "10-25 02:00+02:00",
      "10-25 02:00+01:00",
      "10-25 03:00+01:00",
    ])
  })

  it("what goes on within that hour goes on twice", () => {
    expect(paris("*/30 2 25 10 *")).toEqual([
      "10-25 02:00+02:00",
      "10-25 02:30+02:00",
      "10-25 02:00+01:00",
      "10-25 02:30+01:00",
    ])
  })

  it("asked in the second of the two hours, a fixed time is tomorrow's", () => {
    const [slot] = cron("30 2 * * *", { timeZone: "Europe/Paris" }).next(1, new Date("2026-10-25T01:10:00Z"))
    expect(slot?.toISOString()).toBe("2026-10-26T01:30:00.000Z")
  })
})

describe("elsewhere", () => {
  it.each([
    // New York: at 02:00 to 03:00, at 02:00 to 01:00
    ["30 2 * * *", "America/New_York", "2026-03-08T00:00:00Z", "2026-03-09T00:00:00Z", ["03-08 03:00-04:00"]],
    ["30 1 * * *", "America/New_York", "2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z", ["11-01 01:30-04:00"]],
    // Sydney, in the other half of the world
    ["30 2 * * *", "Australia/Sydney", "2026-10-03T12:00:00Z", "2026-10-04T12:00:00Z", ["10-04 03:00+11:00"]],
    ["30 2 * * *", "Australia/Sydney", "2026-04-04T12:00:00Z", "2026-04-05T12:00:00Z", ["04-05 02:30+11:00"]],
    // Lord Howe: half an hour
    ["15 2 * * *", "Australia/Lord_Howe", "2026-10-03T12:00:00Z", "2026-10-04T12:00:00Z", ["10-04 02:30+11:00"]],
    ["45 2 * * *", "Australia/Lord_Howe", "2026-10-03T12:00:00Z", "2026-10-04T12:00:00Z", ["10-04 02:45+11:00"]],
    ["45 1 * * *", "Australia/Lord_Howe", "2026-04-04T12:00:00Z", "2026-04-05T12:00:00Z", ["04-05 01:45+11:00"]],
    [
      "*/15 1 5 4 *",
      "Australia/Lord_Howe",
      "2026-04-04T12:00:00Z",
      "2026-04-05T12:00:00Z",
      [
        "04-05 01:00+11:00",
        "04-05 01:15+11:00",
        "04-05 01:30+11:00",
        "04-05 01:45+11:00",
        "04-05 01:30+10:30",
        "04-05 01:45+10:30",
      ],
    ],
    // Kolkata: never
    [
      "30 2 * * *",
      "Asia/Kolkata",
      "2026-03-28T12:00:00Z",
      "2026-03-30T12:00:00Z",
      ["03-29 02:30+05:30", "03-30 02:30+05:30"],
    ],
    // Samoa went without 30 December 2011
    [
      "0 12 * * *",
      "Pacific/Apia",
      "2011-12-29T00:00:00Z",
      "2011-12-31T12:00:00Z",
      ["12-29 12:00-10:00", "12-31 00:00+14:00", "12-31 12:00+14:00"],
    ],
    ["0 12 30 12 *", "Pacific/Apia", "2011-12-01T00:00:00Z", "2012-01-31T00:00:00Z", ["12-31 00:00+14:00"]],
    [
      "0 */6 * * *",
      "Pacific/Apia",
      "2011-12-30T03:00:00Z",
      "2011-12-30T23:00:00Z",
      ["12-29 18:00-10:00", "12-31 00:00+14:00", "12-31 06:00+14:00", "12-31 12:00+14:00"],
    ],
    // Singapore skipped the last half hour of 1981
    ["45 23 31 12 *", "Asia/Singapore", "1981-12-01T00:00:00Z", "1982-01-31T00:00:00Z", ["01-01 00:00+08:00"]],
    // São Paulo's clocks skipped midnight, as long as they were changed
    ["0 0 * * *", "America/Sao_Paulo", "2018-11-03T12:00:00Z", "2018-11-04T12:00:00Z", ["11-04 01:00-02:00"]],
    // Casablanca goes back for Ramadan
    ["30 2 * * *", "Africa/Casablanca", "2026-02-14T12:00:00Z", "2026-02-15T12:00:00Z", ["02-15 02:30+01:00"]],
  ])("%s in %s from %s to %s", (expression, zone, from, to, expected) => {
    expect(slots(expression, zone, from, to)).toEqual(expected)
  })

  it("a day that comes once in years is found across all changes", () => {
    const [first, second] = cron("*/30 2 29 2 *", { timeZone: "Europe/Paris" })
      .next(5, new Date("2026-01-01T00:00:00Z"))
      .slice(3)
    expect(first?.toISOString()).toBe("2032-02-29T01:30:00.000Z")
    expect(second?.toISOString()).toBe("2036-02-29T01:00:00.000Z")
  })
})

describe.each(["Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Pacific/Auckland", "Africa/Casablanca"])(
  "each day of ten years in %s",
  (timeZone) => {
    it.each(["01:45", "02:30", "03:00"])("has its %s exactly once", (at) => {
      const days = daily({ at, timeZone }).next(3653, new Date("2026-01-01T12:00:00Z"))
      const dates = days.map((date) => localText(date, timeZone).slice(0, 5))
      expect(new Set(days.map((date, index) => `${date.getUTCFullYear()} ${dates[index]}`)).size).toBe(3653)
      expect(dates.every((date, index) => date !== dates[index + 1])).toBe(true)
      const gaps = days.slice(1).map((date, index) => (date.getTime() - (days[index]?.getTime() ?? 0)) / 3_600_000)
      expect(Math.min(...gaps)).toBeGreaterThanOrEqual(22.5)
      expect(Math.max(...gaps)).toBeLessThanOrEqual(25.5)
    })
  },
)
