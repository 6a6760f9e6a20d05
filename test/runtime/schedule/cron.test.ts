import * as fc from "fast-check"
import { Cron as Oracle } from "croner"
import { cron } from "tasktor"
import { describe, expect, it } from "vitest"

/** The next slots as ISO texts without milliseconds. */
function next(expression: string, after: string, count = 1, timeZone = "UTC", dayMatch: "or" | "and" = "or"): string[] {
  const dates = cron(expression, { timeZone, dayMatch }).next(count, new Date(after))
  return dates.map((date) => date.toISOString().replace(".000Z", "Z"))
}

describe("a cron expression", () => {
  it.each([
    ["* * * * *", "2026-01-01T00:00:00Z", ["2026-01-01T00:01:00Z", "2026-01-01T00:02:00Z"]],
    [
      "*/20 * * * * *",
      "2026-01-01T00:00:00Z",
      ["2026-01-01T00:00:20Z", "2026-01-01T00:00:40Z", "2026-01-01T00:01:00Z"],
    ],
    ["0 2 * * *", "2026-01-01T02:00:00Z", ["2026-01-02T02:00:00Z"]],
    ["0 2 * * *", "2026-01-01T01:59:59.999Z", ["2026-01-01T02:00:00Z"]],
    ["*/25 9-11 * * *", "2026-01-01T09:30:00Z", ["2026-01-01T09:50:00Z", "2026-01-01T10:00:00Z"]],
    [
      "10-50/20 3 * * *",
      "2026-01-01T00:00:00Z",
      ["2026-01-01T03:10:00Z", "2026-01-01T03:30:00Z", "2026-01-01T03:50:00Z"],
    ],
    ["50/5 3 * * *", "2026-01-01T00:00:00Z", ["2026-01-01T03:50:00Z", "2026-01-01T03:55:00Z"]],
    [
      "0 22-1 * * *",
      "2026-01-01T12:00:00Z",
      [
        "2026-01-01T22:00:00Z",
        "2026-01-01T23:00:00Z",
        "2026-01-02T00:00:00Z",
        "2026-01-02T01:00:00Z",
        "2026-01-02T22:00:00Z",
      ],
    ],
    [
      "0 0 * * fri-mon",
      "2026-01-01T00:00:00Z",
      [
        "2026-01-02T00:00:00Z",
        "2026-01-03T00:00:00Z",
        "2026-01-04T00:00:00Z",
        "2026-01-05T00:00:00Z",
        "2026-01-09T00:00:00Z",
      ],
    ],
    [
      "0 0 * * 5-7",
      "2026-01-05T00:00:00Z",
      ["2026-01-09T00:00:00Z", "2026-01-10T00:00:00Z", "2026-01-11T00:00:00Z", "2026-01-16T00:00:00Z"],
    ],
    ["0 0 1 JAN,jul *", "2026-01-01T00:00:00Z", ["2026-07-01T00:00:00Z", "2027-01-01T00:00:00Z"]],
    ["0 0 1 november-february *", "2026-01-01T00:00:00Z", ["2026-02-01T00:00:00Z", "2026-11-01T00:00:00Z"]],
    ["0 0 29 2 *", "2096-02-29T00:00:00Z", ["2104-02-29T00:00:00Z"]],
    ["0 0 31 * *", "2026-01-31T00:00:00Z", ["2026-03-31T00:00:00Z", "2026-05-31T00:00:00Z"]],
    ["  0   2 * *\t* ", "2026-01-01T00:00:00Z", ["2026-01-01T02:00:00Z"]],
  ])("%s after %s", (expression, after, slots) => {
    expect(next(expression, after, slots.length)).toEqual(slots)
  })

  it("takes 0 and 7 for Sunday, and names in any case", () => {
    for (const sunday of ["0", "7", "sun", "Sunday", "SUN"]) {
      expect(next(`0 0 * * ${sunday}`, "2026-01-01T00:00:00Z")).toEqual(["2026-01-04T00:00:00Z"])
    }
  })

  it("means a day that either field of days means, where both are given", () => {
    expect(next("0 0 13 * fri", "2026-02-07T00:00:00Z", 3)).toEqual([
      "2026-02-13T00:00:00Z",
      "2026-02-20T00:00:00Z",
      "2026-02-27T00:00:00Z",
    ])
    expect(next("0 0 13 * fri", "2026-03-06T00:00:00Z", 2)).toEqual(["2026-03-13T00:00:00Z", "2026-03-20T00:00:00Z"])
    expect(next("0 0 */2 * fri", "2026-01-01T00:00:00Z")).toEqual(["2026-01-09T00:00:00Z"])
  })

  it("means a day that both mean, with dayMatch and", () => {
    expect(next("0 0 13 * fri", "2026-01-01T00:00:00Z", 3, "UTC", "and")).toEqual([
      "2026-02-13T00:00:00Z",
      "2026-03-13T00:00:00Z",
      "2026-11-13T00:00:00Z",
    ])
    expect(next("0 0 29 2 mon", "2026-01-01T00:00:00Z", 2, "UTC", "and")).toEqual([
      "2044-02-29T00:00:00Z",
      "2072-02-29T00:00:00Z",
    ])
  })

  it.each([
    ["0 25 * * *", "field of the hour", "0 to 23", '"25"'],
    ["60 * * * *", "field of the minute", "0 to 59", '"60"'],
    ["61 0 0 * * *", "field of the second", "0 to 59", '"61"'],
    ["0 0 0 * *", "field of the day of the month", "1 to 31", '"0"'],
    ["0 0 * 13 *", "field of the month", "1 to 12", '"13"'],
    ["0 0 * foo *", "field of the month", "jan", "foo is not among them"],
    ["0 0 * * 8", "field of the day of the week", "0 to 7", '"8"'],
    ["0 0 * * mon-", "field of the day of the week", "none of the forms", "mon-"],
    ["0 */0 * * *", "field of the hour", "step must be from 1 to 24", '"*/0"'],
    ["*/90 * * * *", "field of the minute", "step must be from 1 to 60", "90"],
    ["0, * * * *", "field of the minute", "none of the forms", '"0,"'],
    ["-1 * * * *", "field of the minute", "none of the forms", '"-1"'],
    ["1.5 * * * *", "field of the minute", "none of the forms", '"1.5"'],
    ["0 0 L * *", "field of the day of the month", "L is not among them", "1 to 31"],
    ["0 0 31 2 *", "never comes", "field of the month", '"31"'],
    ["0 0 30,31 feb *", "never comes", '"feb"', '"30,31"'],
    ["0 2 * *", "five fields", "six", "has 4"],
    ["0 0 0 2 * * *", "five fields", "six", "has 7"],
    ["", "five fields", "six", "has 0"],
  ])("refuses %j, naming the %s", (expression, ...words) => {
    expect(() => cron(expression)).toThrow(RangeError)
    for (const word of words) expect(() => cron(expression)).toThrow(word)
  })

  it("refuses what is no text, no time zone, no rule and no options", () => {
    expect(() => cron(5 as never)).toThrow(TypeError)
    expect(() => cron("0 2 * * *", { timeZone: "Mars/Olympus" })).toThrow(
      new RangeError(
        'Cannot read cron "0 2 * * *": "timeZone" must be the name of a time zone that this machine knows, as "Europe/Paris" is, current value is "Mars/Olympus"',
      ),
    )
    expect(() => cron("0 2 * * *", { timeZone: 1 as never })).toThrow(TypeError)
    expect(() => cron("0 2 * * *", { dayMatch: "xor" as never })).toThrow('"dayMatch" must be "or" or "and"')
    expect(() => cron("0 2 * * *", null as never)).toThrow(TypeError)
  })

  it("never comes on a day that is impossible, unless a weekday is as good", () => {
    expect(next("0 0 31 2 mon", "2026-01-01T00:00:00Z")).toEqual(["2026-02-02T00:00:00Z"])
    expect(() => cron("0 0 31 2 mon", { dayMatch: "and" })).toThrow("never comes")
  })

  it("lists as many slots as one asks for", () => {
    const schedule = cron("0 2 * * *", { timeZone: "UTC" })
    expect(schedule.next(0)).toEqual([])
    expect(schedule.next(3)).toHaveLength(3)
    expect(() => schedule.next(-1)).toThrow(RangeError)
    expect(() => schedule.next(1, new Date(Number.NaN))).toThrow(TypeError)
    expect(schedule.next(1, new Date(8.64e15))).toEqual([])
  })

  it("goes by the machine's own time zone where none is given", () => {
    const { timeZone } = new Intl.DateTimeFormat().resolvedOptions()
    const after = new Date("2026-06-01T00:00:00Z")
    expect(cron("0 2 * * *").next(5, after)).toEqual(cron("0 2 * * *", { timeZone }).next(5, after))
  })
})

describe("any cron expression", () => {
  const number = (min: number, max: number) => fc.integer({ min, max }).map(String)
  const part = (min: number, max: number) =>
    fc.oneof(
      number(min, max),
      fc
        .tuple(fc.integer({ min, max }), fc.integer({ min, max }))
        .map((ends) => ends.toSorted((a, b) => a - b).join("-")),
    )
  const list = (min: number, max: number) =>
    fc.array(part(min, max), { minLength: 1, maxLength: 3 }).map((all) => all.join(","))
  const wild = (size: number) =>
    fc.oneof(
      fc.constant("*"),
      fc.integer({ min: 1, max: size }).map((step) => `*/${step}`),
    )
  const either = (min: number, max: number) => fc.oneof(list(min, max), fc.constant("*"))
  const days = fc.tuple(either(1, 28), either(1, 12), either(0, 6))
  const fixed = fc.tuple(list(0, 59), list(0, 59), list(0, 23))
  const elapsed = fc.oneof(
    fc.tuple(list(0, 59), wild(60), fc.constant("*")),
    fc.tuple(list(0, 59), list(0, 59), wild(24)),
    fc.tuple(list(0, 59), wild(60), list(0, 23)),
  )
  const zones = fc.constantFrom(
    "UTC",
    "Europe/Paris",
    "America/New_York",
    "America/Sao_Paulo",
    "Australia/Sydney",
    "Asia/Kolkata",
    "Asia/Tehran",
    "Africa/Casablanca",
    "Pacific/Auckland",
  )
  // Half of them near a change of the clock in some zone.
  const instants = fc.oneof(
    fc.date({ min: new Date("2000-01-01"), max: new Date("2040-01-01"), noInvalidDate: true }),
    fc
      .tuple(
        fc.constantFrom(
          "2026-03-08T07:00:00Z",
          "2026-03-29T01:00:00Z",
          "2026-10-25T01:00:00Z",
          "2026-11-01T06:00:00Z",
          "2026-04-04T16:00:00Z",
          "2026-10-03T16:00:00Z",
        ),
        fc.integer({ min: -7_200, max: 7_200 }),
      )
      .map(([change, seconds]) => new Date(Date.parse(change) + seconds * 1000)),
  )

  it.each(["or", "and"] as const)(
    "has the slots that an independent library finds, with the days' rule %s",
    (dayMatch) => {
      fc.assert(
        fc.property(
          fc.oneof(fixed, elapsed),
          days,
          zones,
          instants,
          (times, [day, month, weekday], timeZone, after) => {
            const expression = [...times, day, month, weekday].join(" ")
            const oracle = new Oracle(expression, {
              timezone: timeZone,
              paused: true,
              domAndDow: dayMatch === "and",
              fixedTimeRule: "no-wildcard",
            })
            const ours = cron(expression, { timeZone, dayMatch }).next(5, after)
            expect(ours.map((date) => date.toISOString())).toEqual(
              oracle.nextRuns(5, after).map((date) => date.toISOString()),
            )
          },
        ),
        { numRuns: 400 },
      )
    },
  )

  it("has slots that come one after the other, each strictly after the instant that one asks for", () => {
    fc.assert(
      fc.property(fc.oneof(fixed, elapsed), days, zones, instants, (times, rest, timeZone, after) => {
        const schedule = cron([...times, ...rest].join(" "), { timeZone })
        const slots = schedule.next(20, after).map((date) => date.getTime())
        expect(slots).toEqual([...new Set(slots)].toSorted((a, b) => a - b))
        expect(slots[0]).toBeGreaterThan(after.getTime())
        // Asked for one after the other, they are the same.
        expect(slots.slice(1)).toEqual(slots.slice(0, -1).map((slot) => schedule.next(1, new Date(slot))[0]?.getTime()))
      }),
    )
  })
})
