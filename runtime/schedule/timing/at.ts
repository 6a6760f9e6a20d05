import { show } from "../../failure/show.ts"
import { type Schedule, Timing } from "./schedule.ts"
import type { ScheduleSpec } from "./schedule-spec.ts"

/**
 * One slot, and no other. An instant that has passed when the schedule is added is none any more.
 *
 * @throws TypeError for what is no valid Date.
 * @example
 * const greet = defineTask({ name: "greet", run: () => "Happy new year" })
 * supervisor.schedules.add("new year", at(new Date("2030-01-01T00:00:00Z")), greet())
 */
export function at(instant: Date): Schedule {
  if (!(instant instanceof Date) || Number.isNaN(instant.getTime())) {
    throw new TypeError(`Cannot use the instant of at(): it must be a valid Date, current value is ${show(instant)}`)
  }
  return new Once(instant.getTime())
}

class Once extends Timing {
  readonly spec: ScheduleSpec
  readonly #instant: number

  constructor(instant: number) {
    super()
    this.#instant = instant
    this.spec = { type: "at", instant }
  }

  slotAfter(instant: number): number | undefined {
    return this.#instant > instant ? this.#instant : undefined
  }

  toString(): string {
    return `at ${new Date(this.#instant).toISOString()}`
  }
}
