/** A place in the log, as one types it. */
export type Moment =
  | { readonly type: "position"; readonly position: number }
  /** The last entry that was written then or before, by the clock. */
  | { readonly type: "instant"; readonly instant: number }

/** `1200`, `14:30`, `14:30:05` (of the day of `around`), `2026-11-30 14:30`, or what `Date` reads; undefined for anything else. */
export function momentOf(text: string, around: number): Moment | undefined {
  const given = text.trim()
  if (/^\d+$/.test(given)) return { type: "position", position: Number(given) }
  const [, hour, minute, second = "0"] = /^(\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d+)?))?$/.exec(given) ?? []
  if (hour !== undefined && minute !== undefined) {
    const day = new Date(around)
    const instant = day.setHours(Number(hour), Number(minute), 0, Number(second) * 1000)
    return { type: "instant", instant }
  }
  // without digits, Date would make something of words such as "march"
  const isDate = /^\d{4}-\d{2}/.test(given)
  // a day alone is UTC's for Date, which all others are not
  const instant = isDate ? Date.parse(/^[\d-]+$/.test(given) ? `${given}T00:00` : given) : Number.NaN
  return Number.isNaN(instant) ? undefined : { type: "instant", instant }
}
