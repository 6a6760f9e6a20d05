import { checkSettings, checkText } from "../definition/check-settings.ts"
import type { AnyTaskCall } from "../definition/definition.ts"
import type { TaskSettings } from "../definition/settings.ts"
import { show } from "../failure/show.ts"
import type { KeyPolicy, RunOptions } from "../task/run-options.ts"
import { keyText } from "./keys.ts"

const policies: readonly KeyPolicy[] = ["replace", "reject", "join", "queue"]

/**
 * Refuses what is no setting among the options of a run; the settings are checked with the others.
 *
 * @throws TypeError or RangeError that names the option, its value and what is accepted.
 */
export function checkRunOptions(options: RunOptions): void {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`Cannot run a task: its options must be an object, current value is ${show(options)}`)
  }
  const { key, onConflict, publishId } = options
  if (key !== undefined) keyText(key)
  if (onConflict !== undefined && !policies.includes(onConflict)) {
    throw new RangeError(
      `Cannot run a task: "onConflict" must be one of ${policies.join(", ")}, current value is ${show(onConflict)}`,
    )
  }
  if (publishId !== undefined) checkText(publishId, "publishId", "Cannot run a task")
  for (const name of ["whenDone", "whenEvent"] as const) {
    if (options[name] !== undefined && typeof options[name] !== "function") {
      throw new TypeError(`Cannot run a task: "${name}" must be a function, current value is ${show(options[name])}`)
    }
  }
}

/**
 * The settings of one run: the call's, and those among its options.
 *
 * @throws TypeError or RangeError for one that cannot be used.
 */
export function settingsOfRun(call: AnyTaskCall, own: TaskSettings | undefined): TaskSettings {
  const settings = { ...call.settings, ...own }
  checkSettings(settings, `Cannot run task ${JSON.stringify(call.taskName)}`)
  return settings
}

const notSettings = new Set(["key", "onConflict", "publishId", "whenDone", "whenEvent"])

/** The settings among the options of one run; undefined when there are none. */
export function settingsIn(options: RunOptions): TaskSettings | undefined {
  const entries = Object.entries(options).filter(([name, value]) => value !== undefined && !notSettings.has(name))
  return entries.length === 0 ? undefined : Object.fromEntries(entries)
}
