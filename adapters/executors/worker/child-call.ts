import { definitionOf } from "../../../runtime/definition/call.ts"
import type { AnyTaskCall, AnyTaskDefinition } from "../../../runtime/definition/definition.ts"
import { registeredDefinition } from "../../../runtime/definition/registry.ts"
import type { TaskSettings } from "../../../runtime/definition/settings.ts"
import type { ProgressShare } from "../../../runtime/context/link.ts"
import { findUnserializable } from "../../../runtime/failure/codec/unserializable-path.ts"
import type { RunOptions } from "../../../runtime/task/run-options.ts"
import type { ChildCall } from "./envelopes.ts"

/**
 * A child task as data, for the supervisor on the other side.
 *
 * @throws TypeError when its definition has no module, or its options hold a function.
 */
export function childCall(
  id: string,
  call: AnyTaskCall,
  options: RunOptions,
  share: ProgressShare,
  place: string,
): ChildCall {
  const definition = definitionOf(call)
  const cannot = `Cannot run child task ${JSON.stringify(call.taskName)} from ${place}`
  if (definition.module === undefined) {
    throw new TypeError(
      `${cannot}: its definition has no module; add "module: import.meta.url" to defineTask and export it from that file`,
    )
  }
  const settings = ownSettings(call, definition, cannot)
  const found = findUnserializable(options, "options")
  if (found !== undefined) {
    throw new TypeError(
      `${cannot}: ${found} cannot cross to the supervisor; instead of "whenDone" and "whenEvent" use the child's outcome() and on()`,
    )
  }
  return { id, name: call.taskName, module: definition.module, args: call.args, settings, options, share }
}

/** The definition on the other side brings its own settings: those of them that cannot cross need not. */
function ownSettings(call: AnyTaskCall, definition: AnyTaskDefinition, cannot: string): TaskSettings {
  const known = (registeredDefinition(call.taskName) ?? definition).settings
  const crossing = Object.entries(call.settings).filter(([name, value]) => {
    const found = findUnserializable(value, name)
    if (found === undefined || known[name as keyof TaskSettings] === value) return found === undefined
    throw new TypeError(`${cannot}: ${found} cannot cross to the supervisor; put it on the definition`)
  })
  return Object.fromEntries(crossing)
}
