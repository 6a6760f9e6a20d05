import { show } from "../../failure/show.ts"
import { dayNumber, daysIn, firstDay, weekdayOf } from "./calendar.ts"
import { type CronField, cronFields, readCronField } from "./cron-field.ts"
import type { Schedule } from "./schedule.ts"
import type { TimesOfDay } from "./time-of-day.ts"
import { timeZone } from "./time-zone.ts"
import { WallClock } from "./wall-clock.ts"

/** How a cron expression is read. */
export interface CronOptions {
  /** Whose clocks are meant: a name such as "Europe/Paris" or "UTC". Default: the machine's own. */
  readonly timeZone?: string
  /**
   * What both fields of days together mean where neither begins with `*`: a day that either of them means (`or`, the rule of cron), or one
   * that both mean (`and`, the rule of Celery). Default "or".
   */
  readonly dayMatch?: "or" | "and"
}

/**
 * The slots of a cron expression: minute, hour, day of the month, month, day of the week; or six fields, with the second first.
 *
 * A field is `*`, a number, a name (jan, monday), a range (`9-17`, `fri-mon`), one of these with a step behind a slash (`10-50/20`), or a list
 * of these. Sunday is 0 and 7.
 *
 * On the days on which the clocks are changed, a fixed hour and minute comes exactly once: a time that is skipped comes at the instant at
 * which it is skipped, a time that is shown twice comes the first time. Where the hour or the minute begins with `*`, the slots are whenever
 * the clocks show such a time: hourly is 25 times on the long day, and 23 times on the short one.
 *
 * @throws RangeError that names the field and says what it takes; for an unknown time zone; for an expression that never comes, as 31
 * February. TypeError for what is no text.
 * @example
 * const report = defineTask({ name: "report", run: (ctx) => `for ${ctx.scheduledFor?.toISOString()}` })
 * supervisor.schedules.add("nightly", cron("0 2 * * *", { timeZone: "Europe/Paris" }), report())
 */
export function cron(expression: string, options: CronOptions = {}): Schedule {
  const action = `Cannot read cron ${show(expression)}`
  if (typeof expression !== "string") throw new TypeError(`${action}: it must be a text such as "0 2 * * *"`)
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`${action}: its options must be an object, current value is ${show(options)}`)
  }
  const { dayMatch = "or" } = options
  if (dayMatch !== "or" && dayMatch !== "and") {
    throw new RangeError(`${action}: "dayMatch" must be "or" or "and", current value is ${show(dayMatch)}`)
  }
  const zone = timeZone(options.timeZone, action)
  const texts = expression.trim().split(/\s+/)
  const [second, minute, hour, day, month, weekday] = readFields(texts, action)
  const dayIn = daysOf(day, month, weekday, dayMatch)
  if (firstDay(0, dayIn) === undefined) {
    throw new RangeError(
      `${action}: it never comes, because no month that the field of the month means has a day that the field of the day of the month means, current values are ${show(texts.at(-2))} and ${show(texts.at(-3))}`,
    )
  }
  const normal = texts.join(" ")
  return new WallClock({ type: "cron", expression: normal, timeZone: zone.name, dayMatch }, `cron ${normal}`, {
    zone,
    dayFrom: (from) => firstDay(from, dayIn),
    timeFrom: timesOf(second, minute, hour),
    changes: hour.isWild || minute.isWild ? "elapsed" : "once",
  })
}

type Fields = [CronField, CronField, CronField, CronField, CronField, CronField]

function readFields(texts: readonly string[], action: string): Fields {
  if (texts.length !== 5 && texts.length !== 6) {
    const count = texts[0] === "" ? 0 : texts.length
    throw new RangeError(
      `${action}: it must have five fields (minute, hour, day of the month, month, day of the week) or six (with the second first), and has ${count}`,
    )
  }
  const all = texts.length === 5 ? ["0", ...texts] : texts
  const { second, minute, hour, day, month, weekday } = cronFields
  const kinds = [second, minute, hour, day, month, weekday]
  return kinds.map((kind, index) => readCronField(all[index] ?? "", kind, action)) as Fields
}

type DayIn = Parameters<typeof firstDay>[1]

function daysOf(day: CronField, month: CronField, weekday: CronField, dayMatch: "or" | "and"): DayIn {
  const isEither = dayMatch === "or" && !day.isWild && !weekday.isWild
  return (year, inMonth, from) => {
    if (!month.has(inMonth)) return undefined
    const last = daysIn(year, inMonth)
    let ofWeek = weekdayOf(dayNumber(year, inMonth, from))
    for (let date = from; date <= last; date++) {
      const isMeant = isEither ? day.has(date) || weekday.has(ofWeek) : day.has(date) && weekday.has(ofWeek)
      if (isMeant) return date
      ofWeek = (ofWeek + 1) % 7
    }
    return undefined
  }
}

function timesOf(second: CronField, minute: CronField, hour: CronField): TimesOfDay {
  const join = (h: number, m: number, s: number): number => h * 3600 + m * 60 + s
  return (from) => {
    const [h, m, s] = [Math.floor(from / 3600), Math.floor(from / 60) % 60, from % 60]
    if (hour.has(h)) {
      const later = minute.has(m) ? second.from(s) : undefined
      if (later !== undefined) return join(h, m, later)
      const nextMinute = minute.from(minute.has(m) ? m + 1 : m)
      if (nextMinute !== undefined) return join(h, nextMinute, second.first)
    }
    const nextHour = hour.from(hour.has(h) ? h + 1 : h)
    return nextHour === undefined ? undefined : join(nextHour, minute.first, second.first)
  }
}
