import { show } from "../../failure/show.ts"
import { daysIn, firstDay } from "./calendar.ts"
import { checkCalendarOptions } from "./daily.ts"
import type { Schedule } from "./schedule.ts"
import { readTimes, timesOfDay } from "./time-of-day.ts"
import { timeZone } from "./time-zone.ts"
import { WallClock } from "./wall-clock.ts"

/** On which day of the month, and when. */
export interface MonthlyOptions {
  /** 1 to 31, or "last". In a month that is too short for it, its last day. */
  readonly day: number | "last"
  /** A time of day, or several: "22:07", "06:30:15". */
  readonly at: string | readonly string[]
  /** Whose clocks are meant. Default: the machine's own. */
  readonly timeZone?: string
}

/**
 * Slots on a day of each month; at a change of the clock as with `cron`. The 31st is the last day of a shorter month, and the 31st again in the
 * next one that has it; with `cron`, shorter months have none.
 *
 * @throws TypeError or RangeError for a day, a time or a time zone that cannot be used.
 * @example
 * const settle = defineTask({ name: "settle", run: () => "settled" })
 * supervisor.schedules.add("books", monthly({ day: 31, at: "23:30", timeZone: "Europe/Paris" }), settle())
 */
export function monthly(options: MonthlyOptions): Schedule {
  const action = "Cannot make a monthly schedule"
  checkCalendarOptions(options, action)
  const { day } = options
  if (day !== "last" && !(Number.isInteger(day) && day >= 1 && day <= 31)) {
    throw new RangeError(`${action}: "day" must be 1 to 31, or "last", current value is ${show(day)}`)
  }
  const at = readTimes(options.at, action)
  const zone = timeZone(options.timeZone, action)
  const wanted = day === "last" ? 31 : day
  return new WallClock(
    { type: "monthly", at, day, timeZone: zone.name },
    `monthly on ${day === "last" ? "the last day" : `day ${day}`} at ${at.join(", ")}`,
    {
      zone,
      dayFrom: (from) =>
        firstDay(from, (year, month, start) => {
          const date = Math.min(wanted, daysIn(year, month))
          return date >= start ? date : undefined
        }),
      timeFrom: timesOfDay(at),
      changes: "once",
    },
  )
}
