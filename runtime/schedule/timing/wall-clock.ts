import { dayMs, lastInstant } from "./calendar.ts"
import { Timing } from "./schedule.ts"
import type { ScheduleSpec } from "./schedule-spec.ts"
import type { TimesOfDay } from "./time-of-day.ts"
import type { TimeZone } from "./time-zone.ts"

/** Clocks have been set by a day at most (Samoa, 2011); with some room. */
const longestChangeMs = dayMs + 7_200_000

/** Which local times are meant, and in which zone. */
export interface WallClockPattern {
  readonly zone: TimeZone
  /** The first day that is meant, from that day's number on. */
  readonly dayFrom: (day: number) => number | undefined
  readonly timeFrom: TimesOfDay
  /**
   * What a change of the clock means for it. `once`: each local time once a day; one that is skipped comes when it is skipped, one that is
   * shown twice comes the first time. `elapsed`: whenever the clocks show such a time.
   */
  readonly changes: "once" | "elapsed"
}

/** What goes by the clocks on the walls of a time zone. */
export class WallClock extends Timing {
  readonly spec: ScheduleSpec
  readonly #pattern: WallClockPattern
  readonly #text: string

  constructor(spec: ScheduleSpec, text: string, pattern: WallClockPattern) {
    super()
    this.spec = spec
    this.#text = text
    this.#pattern = pattern
  }

  slotAfter(instant: number): number | undefined {
    const slot = this.#pattern.changes === "once" ? this.#onceAfter(instant) : this.#elapsedAfter(instant)
    return slot !== undefined && slot <= lastInstant ? slot : undefined
  }

  toString(): string {
    return `${this.#text} ${this.#pattern.zone.name}`
  }

  #onceAfter(instant: number): number | undefined {
    const { zone } = this.#pattern
    let local = zone.localOf(instant)
    const first = zone.instantOf(local).instant
    // Shown for the second time: all that the clocks show again has been.
    const change = first < instant ? zone.changeWithin(first, instant) : undefined
    if (change !== undefined) local = change + zone.offsetAt(change - 1) - 1
    for (;;) {
      const next = this.#localAfter(local)
      if (next === undefined) return undefined
      const slot = zone.instantOf(next).instant
      if (slot > instant) return slot
      local = next
    }
  }

  #elapsedAfter(instant: number): number | undefined {
    const { zone } = this.#pattern
    let from = instant
    let local = zone.localOf(from)
    for (;;) {
      const next = this.#localAfter(local)
      if (next === undefined) return undefined
      const slot = next - zone.offsetAt(from)
      const soon = from + longestChangeMs
      const change = zone.changeWithin(from, Math.min(slot, soon))
      if (change === undefined) {
        if (slot <= soon) return slot
        // Changes on the way there do not matter: none of them shows a time again that has been meant since `from`.
        const distant = zone.instantOf(next)
        if (!distant.isSkipped) return distant.instant
        from = distant.instant
      } else from = change
      // What the clocks show at the change itself may be meant.
      local = zone.localOf(from) - 1
    }
  }

  /** The first local time that is meant, strictly after another one. */
  #localAfter(local: number): number | undefined {
    const { dayFrom, timeFrom } = this.#pattern
    const second = Math.floor(local / 1000) + 1
    const today = Math.floor(second / 86_400)
    let day = dayFrom(today)
    if (day === today) {
      const time = timeFrom(second - today * 86_400)
      if (time !== undefined) return (today * 86_400 + time) * 1000
      day = dayFrom(today + 1)
    }
    return day === undefined ? undefined : (day * 86_400 + (timeFrom(0) ?? 0)) * 1000
  }
}
