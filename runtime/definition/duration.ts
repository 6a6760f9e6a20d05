import { show } from "../failure/show.ts"

/** `"250 ms"`, `"10 seconds"`, `"2 hours"`, or milliseconds. */
export type DurationInput =
  | number
  | `${number} ${"ms" | "millis" | "second" | "seconds" | "minute" | "minutes" | "hour" | "hours" | "day" | "days"}`

const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  millis: 1,
  second: 1000,
  seconds: 1000,
  minute: 60_000,
  minutes: 60_000,
  hour: 3_600_000,
  hours: 3_600_000,
  day: 86_400_000,
  days: 86_400_000,
}

/**
 * A duration in milliseconds, 0 or more; `Infinity` is allowed as a number.
 *
 * @throws TypeError or RangeError that names `what`, the value and the accepted forms.
 */
export function durationMs(input: DurationInput, what: string): number {
  const ms = typeof input === "string" ? parse(input) : input
  if (typeof ms !== "number" || Number.isNaN(ms)) {
    throw new TypeError(
      `Cannot read ${what}: ${show(input)} is not a duration; give milliseconds or a text such as "250 ms", "10 seconds", "2 hours"`,
    )
  }
  if (ms < 0) throw new RangeError(`Cannot use ${what}: it must be 0 or more, current value is ${show(input)}`)
  return ms
}

/** The instant that a duration from `now`, or a date, means, in milliseconds since the epoch. */
export function instantMs(input: DurationInput | Date, now: number, what: string): number {
  if (!(input instanceof Date)) return now + durationMs(input, what)
  const instant = input.getTime()
  if (Number.isNaN(instant)) throw new RangeError(`Cannot use ${what}: the Date is invalid`)
  return instant
}

function parse(text: string): number | undefined {
  const match = /^\s*(\S+)\s+([a-z]+)\s*$/.exec(text)
  const unit = match?.[2] === undefined ? undefined : unitMs[match[2]]
  const amount = Number(match?.[1])
  return unit === undefined || !Number.isFinite(amount) ? undefined : amount * unit
}
