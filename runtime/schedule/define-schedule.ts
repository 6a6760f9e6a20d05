import type { EventMap, TaskCall } from "../definition/definition.ts"
import { checkSchedule } from "./check-schedule.ts"
import type { DefinedSchedule, ScheduleOptions } from "./schedules.ts"
import type { Schedule } from "./timing/schedule.ts"

/**
 * A schedule as data, for a module to export: nothing runs until a supervisor is given it, by `schedules.add(defined)`.
 *
 * @throws TypeError or RangeError for a name, a schedule, a call or an option that cannot be used.
 * @example
 * const cleanUp = defineTask({ name: "cleanUp", run: () => "clean" })
 * export const cleaning = defineSchedule("cleaning", daily({ at: "03:30", timeZone: "UTC" }), cleanUp())
 * supervisor.schedules.add(cleaning)
 */
export function defineSchedule<Output, Events extends EventMap>(
  name: string,
  schedule: Schedule,
  call: TaskCall<Output, Events>,
  options?: ScheduleOptions<Events, NoInfer<Output>>,
): DefinedSchedule
/** Of one of several calls. */
export function defineSchedule(
  name: string,
  schedule: Schedule,
  call: TaskCall<unknown>,
  options?: ScheduleOptions,
): DefinedSchedule
export function defineSchedule(
  name: string,
  schedule: Schedule,
  call: TaskCall<unknown>,
  options: ScheduleOptions = {},
): DefinedSchedule {
  const defined = { name, schedule, call, options }
  checkSchedule(defined)
  return Object.freeze(defined)
}

/** What a module exports may be anything. */
export function isDefinedSchedule(value: unknown): value is DefinedSchedule {
  try {
    checkSchedule(value as DefinedSchedule)
    return true
  } catch {
    return false
  }
}
