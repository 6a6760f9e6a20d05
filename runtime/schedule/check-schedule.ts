import { checkCount, checkText } from "../definition/check-settings.ts"
import { isCall } from "../definition/call.ts"
import { show } from "../failure/show.ts"
import type { DefinedSchedule, ScheduleOptions } from "./schedules.ts"

/**
 * What `schedules.add` is given, in either of its forms.
 *
 * @throws TypeError or RangeError as `checkSchedule`.
 */
export function checkedSchedule(given: readonly unknown[]): DefinedSchedule {
  const [first, schedule, call, options = {}] = given
  const isDefined = given.length === 1 && typeof first === "object" && first !== null
  const defined = (isDefined ? { options: {}, ...first } : { name: first, schedule, call, options }) as DefinedSchedule
  checkSchedule(defined)
  return defined
}

/**
 * Refuses what can be no schedule; the settings of its runs are checked with those of others.
 *
 * @throws TypeError or RangeError that names what it is about, its value and what is accepted.
 */
export function checkSchedule({ name, schedule, call, options }: DefinedSchedule): void {
  checkText(name, "name", "Cannot add a schedule")
  const action = `Cannot add schedule ${JSON.stringify(name)}`
  if (typeof schedule !== "object" || schedule === null || typeof schedule.next !== "function") {
    throw new TypeError(
      `${action}: it needs a schedule such as cron("0 2 * * *") or every("10 minutes"), current value is ${show(schedule)}`,
    )
  }
  if (!isCall(call)) {
    const isDefinition = typeof call === "function"
    throw new TypeError(
      `${action}: it needs a call, ${isDefinition ? "and this is a function; apply a definition to its arguments" : `current value is ${show(call)}`}, as in task(1, 2)`,
    )
  }
  checkScheduleOptions(options, action)
}

function checkScheduleOptions(options: ScheduleOptions, action: string): void {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`${action}: its options must be an object, current value is ${show(options)}`)
  }
  const { catchUp, overlap, limit, from, until, onConflict } = options
  checkChoice(catchUp, ["skip", "once", "all"], "catchUp", action)
  checkChoice(overlap, ["allow", "skip", "queue", "cancel-previous"], "overlap", action)
  if (limit !== undefined) checkCount(limit, "limit", action)
  for (const [which, date] of Object.entries({ from, until })) {
    if (date !== undefined && !(date instanceof Date && !Number.isNaN(date.getTime()))) {
      throw new TypeError(`${action}: "${which}" must be a valid Date, current value is ${show(date)}`)
    }
  }
  if (onConflict !== undefined && (overlap === "queue" || overlap === "cancel-previous")) {
    throw new TypeError(
      `${action}: what becomes of the task that holds the key is what "overlap" says, current values are ${show(overlap)} and "onConflict" ${show(onConflict)}; leave one of them out`,
    )
  }
}

function checkChoice(value: string | undefined, choices: readonly string[], name: string, action: string): void {
  if (value === undefined || choices.includes(value)) return
  throw new RangeError(`${action}: "${name}" must be one of ${choices.join(", ")}, current value is ${show(value)}`)
}
