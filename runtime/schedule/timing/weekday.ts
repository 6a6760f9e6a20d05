import { show } from "../../failure/show.ts"

/** A day of the week, as a schedule is given it: the whole name, or its first three letters. */
export type WeekdayName = Weekday | "sun" | "mon" | "tue" | "wed" | "thu" | "fri" | "sat"

/** The whole name of a day of the week. */
export type Weekday = "sunday" | "monday" | "tuesday" | "wednesday" | "thursday" | "friday" | "saturday"

/** In the order of cron's numbers: Sunday is 0. */
export const weekdays: readonly Weekday[] = [
  "sunday",
  "monday",
  "tuesday",
  "wednesday",
  "thursday",
  "friday",
  "saturday",
]

/**
 * Which weekdays are meant, in the order of the week.
 *
 * @throws RangeError that names the value.
 */
export function weekdaysOf(
  on: "weekdays" | "weekends" | WeekdayName | readonly WeekdayName[],
  action: string,
): readonly Weekday[] {
  if (on === "weekdays") return weekdays.slice(1, 6)
  if (on === "weekends") return ["sunday", "saturday"]
  const names: readonly unknown[] = Array.isArray(on) ? on : [on]
  const found = new Set(names.map((name) => weekdays.find((day) => day === name || day.slice(0, 3) === name)))
  if (names.length === 0 || found.has(undefined)) {
    throw new RangeError(
      `${action}: "on" must be names of weekdays such as "monday" or "mon", current value is ${show(on)}`,
    )
  }
  return weekdays.filter((day) => found.has(day))
}
