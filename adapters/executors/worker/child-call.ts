import type { AnyTaskCall, AnyTaskDefinition } from "../../../runtime/definition/definition.ts"
import { registeredDefinition } from "../../../runtime/definition/registry.ts"
import type { TaskSettings } from "../../../runtime/definition/settings.ts"
import { toldCall } from "../../../runtime/pipeline/crossing.ts"
import type { ProgressShare } from "../../../runtime/context/link.ts"
import { findUnserializable } from "../../../runtime/failure/codec/unserializable-path.ts"
import { settingsIn, settingsOfRun } from "../../../runtime/supervisor/check-run-options.ts"
import type { RunOptions } from "../../../runtime/task/run-options.ts"
import type { ChildCall } from "./envelopes.ts"
import { moduleOf } from "./module-of.ts"

/**
 * A child task as data, for the supervisor on the other side.
 *
 * @throws TypeError or RangeError for a setting that cannot be used, a definition without a module, and options that cannot cross.
 */
export function childCall(
  id: string,
  call: AnyTaskCall,
  { whenDone, whenEvent, ...options }: RunOptions,
  share: ProgressShare,
  place: string,
): ChildCall {
  const cannot = `Cannot run child task ${JSON.stringify(call.taskName)} from ${place}`
  settingsOfRun(call, settingsIn(options))
  const callsBack = { whenDone: whenDone !== undefined, whenEvent: whenEvent !== undefined }
  const told = toldCall(call, (task, settings) => ({
    name: task.taskName,
    module: moduleOf(task),
    settings: ownSettings(settings, task, cannot),
  }))
  const found = findUnserializable(options, "options")
  if (found !== undefined) {
    throw new TypeError(`${cannot}: ${found} cannot cross to the supervisor; put it on the definition`)
  }
  return { ...told, id, options, callsBack, share }
}

/** The definition on the other side brings its own settings: those of them that cannot cross need not. */
function ownSettings(settings: TaskSettings, definition: AnyTaskDefinition, cannot: string): TaskSettings | undefined {
  const registered = registeredDefinition(definition.taskName)
  const known = (registered !== undefined && registered.module === definition.module ? registered : definition).settings
  if (settings === known) return undefined
  const crossing = Object.entries(settings).filter(([name, value]) => {
    const found = findUnserializable(value, name)
    if (found === undefined || known[name as keyof TaskSettings] === value) return found === undefined
    throw new TypeError(`${cannot}: ${found} cannot cross to the supervisor; put it on the definition`)
  })
  return Object.fromEntries(crossing)
}
