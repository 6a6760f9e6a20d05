/** The calendar of years, months and days, without any time zone: a day is its number, counted from 1970-01-01. */

export const dayMs = 86_400_000

/** What a Date can hold at most. */
export const lastInstant = 8.64e15

/** Weekdays come back to the same days of the month after 400 years: what does not come until then never comes. */
const monthsOfCycle = 400 * 12

/**
 * The first day, from `day` on, that `dayIn` accepts. It is asked month by month, so that a day which comes once in years is found at once.
 *
 * @param dayIn The first such day of a month (1 to 12), from that day of it on; undefined when there is none.
 */
export function firstDay(
  day: number,
  dayIn: (year: number, month: number, from: number) => number | undefined,
): number | undefined {
  const date = new Date(day * dayMs)
  let year = date.getUTCFullYear()
  let month = date.getUTCMonth() + 1
  let from = date.getUTCDate()
  if (Number.isNaN(from)) return undefined
  for (let tried = 0; tried <= monthsOfCycle; tried++) {
    const found = dayIn(year, month, from)
    if (found !== undefined) return dayNumber(year, month, found)
    from = 1
    month = month === 12 ? 1 : month + 1
    if (month === 1) year++
  }
  return undefined
}

export function dayNumber(year: number, month: number, day: number): number {
  return Date.UTC(year, month - 1, day) / dayMs
}

/** 0 is Sunday; 1970-01-01 was a Thursday. */
export function weekdayOf(day: number): number {
  return (((day + 4) % 7) + 7) % 7
}

export function daysIn(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}
