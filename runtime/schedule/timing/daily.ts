import { show } from "../../failure/show.ts"
import { firstDay, dayNumber, daysIn, weekdayOf } from "./calendar.ts"
import type { Schedule } from "./schedule.ts"
import { readTimes, timesOfDay } from "./time-of-day.ts"
import { timeZone } from "./time-zone.ts"
import { WallClock } from "./wall-clock.ts"
import { type Weekday, type WeekdayName, weekdays, weekdaysOf } from "./weekday.ts"

/** When in the day, and on which days. */
export interface DailyOptions {
  /** A time of day, or several: "22:07", "06:30:15". */
  readonly at: string | readonly string[]
  /** Default: every day. */
  readonly on?: "weekdays" | "weekends" | readonly WeekdayName[]
  /** Whose clocks are meant. Default: the machine's own. */
  readonly timeZone?: string
}

/**
 * Slots at times of the day, each once a day, on the days of a change of the clock too, as with `cron`.
 *
 * @throws TypeError or RangeError for a time, a weekday or a time zone that cannot be used.
 * @example
 * const close = defineTask({ name: "close", run: () => "closed" })
 * supervisor.schedules.add("close", daily({ at: "22:07", on: "weekdays", timeZone: "Europe/Warsaw" }), close())
 */
export function daily(options: DailyOptions): Schedule {
  const action = "Cannot make a daily schedule"
  checkCalendarOptions(options, action)
  const at = readTimes(options.at, action)
  const on = options.on === undefined ? weekdays : weekdaysOf(options.on, action)
  const zone = timeZone(options.timeZone, action)
  const days = on.length === 7 ? "" : ` on ${shortNames(on)}`
  return new WallClock({ type: "daily", at, on, timeZone: zone.name }, `daily at ${at.join(", ")}${days}`, {
    zone,
    dayFrom: onWeekdays(on),
    timeFrom: timesOfDay(at),
    changes: "once",
  })
}

export function checkCalendarOptions(options: unknown, action: string): void {
  if (typeof options === "object" && options !== null) return
  throw new TypeError(`${action}: its options must be like { at: "22:07" }, current value is ${show(options)}`)
}

/** The first day from another one on that is one of these weekdays. */
export function onWeekdays(on: readonly Weekday[]): (day: number) => number | undefined {
  const wanted = weekdays.map((name) => on.includes(name))
  return (from) =>
    firstDay(from, (year, month, start) => {
      const first = dayNumber(year, month, start)
      for (let date = start; date <= daysIn(year, month); date++) {
        if (wanted[weekdayOf(first + date - start)] === true) return date
      }
      return undefined
    })
}

export function shortNames(on: readonly Weekday[]): string {
  return on.map((name) => name.slice(0, 3)).join(", ")
}
