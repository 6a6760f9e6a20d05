import { show } from "../failure/show.ts"
import { isTiming, type Schedule } from "./timing/schedule.ts"

/** What a scheduler asks a schedule. */
export interface SlotSource {
  /** The first slot strictly after an instant; undefined when there is none. `anchor` is where a grid without a beginning of its own begins. */
  slotAfter(instant: number, anchor: number): number | undefined
  /** For lists. */
  readonly description: string
}

/** A schedule of ours, or one of a user's own, whose answers are checked. */
export function slotSource(schedule: Schedule): SlotSource {
  if (isTiming(schedule)) {
    return {
      slotAfter: (instant, anchor) => schedule.slotAfter(instant, anchor),
      description: schedule.toString(),
    }
  }
  return {
    slotAfter: (instant) => firstOf(schedule.next(1, new Date(instant)), instant),
    description: descriptionOf(schedule),
  }
}

/** What it says of itself, if anything. */
function descriptionOf(schedule: Schedule): string {
  const { toString } = schedule as { toString(): string }
  return toString === Object.prototype.toString ? "a schedule of its own" : toString.call(schedule)
}

function firstOf(dates: unknown, instant: number): number | undefined {
  if (!Array.isArray(dates)) {
    throw new TypeError(
      `Cannot follow a schedule: its next() must return an array of Dates, current value is ${show(dates)}`,
    )
  }
  if (dates.length === 0) return undefined
  const [date] = dates as readonly unknown[]
  const slot = date instanceof Date ? date.getTime() : Number.NaN
  if (slot > instant) return slot
  throw new RangeError(
    `Cannot follow a schedule: its next(1, after) must return a Date after ${new Date(instant).toISOString()}, current value is ${show(date)}`,
  )
}
