import { durationMs, type DurationInput } from "../../definition/duration.ts"
import { show } from "../../failure/show.ts"
import { lastInstant } from "./calendar.ts"
import { type Schedule, Timing } from "./schedule.ts"
import type { ScheduleSpec } from "./schedule-spec.ts"

/**
 * A slot in every interval, whatever the clocks on the walls do: a day is 24 hours.
 *
 * With `from`, that is the first slot, and the others follow it. Without, the first one comes one interval after the schedule was added;
 * adding it again with the same interval, as a program does that starts again, goes on with the same slots.
 *
 * @param interval A whole number of milliseconds, 1 or more.
 * @throws TypeError or RangeError for an interval or a date that cannot be used.
 * @example
 * const ping = defineTask({ name: "ping", run: () => fetch("http://localhost/ping").then(() => {}) })
 * supervisor.schedules.add("ping", every("10 seconds"), ping())
 */
export function every(interval: DurationInput, options: { readonly from?: Date } = {}): Schedule {
  const intervalMs = durationMs(interval, "the interval of every()")
  if (!Number.isSafeInteger(intervalMs) || intervalMs < 1) {
    throw new RangeError(
      `Cannot use the interval of every(): it must be a whole number of milliseconds, 1 or more, current value is ${show(interval)}`,
    )
  }
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`Cannot use the options of every(): they must be an object, current value is ${show(options)}`)
  }
  const { from } = options
  if (from !== undefined && !(from instanceof Date && !Number.isNaN(from.getTime()))) {
    throw new TypeError(`Cannot use "from" of every(): it must be a valid Date, current value is ${show(from)}`)
  }
  return new Interval(intervalMs, from?.getTime())
}

class Interval extends Timing {
  readonly spec: ScheduleSpec
  readonly #intervalMs: number
  readonly #from: number | undefined

  constructor(intervalMs: number, from: number | undefined) {
    super()
    this.#intervalMs = intervalMs
    this.#from = from
    this.spec = from === undefined ? { type: "every", intervalMs } : { type: "every", intervalMs, from }
  }

  slotAfter(instant: number, anchor: number): number | undefined {
    const start = this.#from ?? anchor
    const passed = Math.floor((instant - start) / this.#intervalMs)
    const first = this.#from === undefined ? 1 : 0
    const slot = start + Math.max(first, passed + 1) * this.#intervalMs
    return slot <= lastInstant ? slot : undefined
  }

  toString(): string {
    const from = this.#from === undefined ? "" : ` from ${new Date(this.#from).toISOString()}`
    return `every ${duration(this.#intervalMs)}${from}`
  }
}

const units = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1000],
] as const

/** In the largest unit of which it is a whole number. */
function duration(ms: number): string {
  const [unit, size] = units.find(([, length]) => ms % length === 0) ?? ["ms", 1]
  const amount = ms / size
  return `${amount} ${unit}${amount === 1 || unit === "ms" ? "" : "s"}`
}
