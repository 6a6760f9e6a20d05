import { systemClock } from "../../clock/system-clock.ts"
import { show } from "../../failure/show.ts"
import type { ScheduleSpec } from "./schedule-spec.ts"

/**
 * When something is to be done: the slots of a time that goes on. Made by `cron`, `every`, `at`, `daily`, `weekly` and `monthly`; an object
 * of your own with a `next` like theirs is one too.
 */
export interface Schedule {
  /**
   * The next `count` slots strictly after `after` (default: now), oldest first; fewer when there are no more.
   *
   * @throws TypeError or RangeError for a count or a date that cannot be used.
   * @example
   * const [next] = cron("0 2 * * *", { timeZone: "Europe/Paris" }).next(1)
   */
  next(count: number, after?: Date): readonly Date[]
}

/** A schedule of ours: it knows itself as plain data, and counts in milliseconds since the epoch. */
export abstract class Timing implements Schedule {
  /** What it can be made again from, by `scheduleOf`. */
  abstract readonly spec: ScheduleSpec

  /**
   * The first slot strictly after an instant; undefined when there is none.
   *
   * @param anchor Where the grid of an `every` without a `from` begins.
   */
  abstract slotAfter(instant: number, anchor: number): number | undefined

  /** For lists: "cron 0 2 * * * Europe/Paris". */
  abstract toString(): string

  next(count: number, after: Date = new Date(systemClock.now())): readonly Date[] {
    checkCountOfSlots(count)
    if (!(after instanceof Date) || Number.isNaN(after.getTime())) {
      throw new TypeError(`Cannot list slots: "after" must be a valid Date, current value is ${show(after)}`)
    }
    const slots: Date[] = []
    const anchor = after.getTime()
    for (let slot = this.slotAfter(anchor, anchor); slot !== undefined; slot = this.slotAfter(slot, anchor)) {
      if (slots.length >= count) break
      slots.push(new Date(slot))
    }
    return slots
  }
}

export function checkCountOfSlots(count: number): void {
  if (Number.isInteger(count) && count >= 0) return
  throw new RangeError(
    `Cannot list slots: their number must be a whole number, 0 or more, current value is ${show(count)}`,
  )
}

/** Ours, made by this copy of the package or by another one. */
export function isTiming(schedule: Schedule): schedule is Timing {
  return typeof (schedule as Partial<Timing>).slotAfter === "function"
}
