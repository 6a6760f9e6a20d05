import { checkCalendarOptions, onWeekdays, shortNames } from "./daily.ts"
import type { Schedule } from "./schedule.ts"
import { readTimes, timesOfDay } from "./time-of-day.ts"
import { timeZone } from "./time-zone.ts"
import { WallClock } from "./wall-clock.ts"
import { type WeekdayName, weekdaysOf } from "./weekday.ts"

/** On which days of the week, and when. */
export interface WeeklyOptions {
  /** A day of the week, or several: "monday", "mon". */
  readonly on: WeekdayName | readonly WeekdayName[]
  /** A time of day, or several: "22:07", "06:30:15". */
  readonly at: string | readonly string[]
  /** Whose clocks are meant. Default: the machine's own. */
  readonly timeZone?: string
}

/**
 * Slots on days of the week; at a change of the clock as with `cron`.
 *
 * @throws TypeError or RangeError for a weekday, a time or a time zone that cannot be used.
 * @example
 * const invoice = defineTask({ name: "invoice", run: () => "sent" })
 * supervisor.schedules.add("invoices", weekly({ on: "friday", at: "16:00", timeZone: "Europe/Paris" }), invoice())
 */
export function weekly(options: WeeklyOptions): Schedule {
  const action = "Cannot make a weekly schedule"
  checkCalendarOptions(options, action)
  const at = readTimes(options.at, action)
  const on = weekdaysOf(options.on, action)
  const zone = timeZone(options.timeZone, action)
  return new WallClock(
    { type: "weekly", at, on, timeZone: zone.name },
    `weekly on ${shortNames(on)} at ${at.join(", ")}`,
    {
      zone,
      dayFrom: onWeekdays(on),
      timeFrom: timesOfDay(at),
      changes: "once",
    },
  )
}
