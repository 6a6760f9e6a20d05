import type { AnyTaskCall, AnyTaskDefinition } from "../definition/definition.ts"
import { importDefinition, registeredDefinition } from "../definition/registry.ts"
import type { TaskSettings } from "../definition/settings.ts"
import { callFrom, pipelineModule, toldCall, type ToldTask } from "../pipeline/crossing.ts"
import type { KeptCall, StoreSession } from "../ports/store.ts"
import { keptSettings } from "../definition/plain-settings.ts"

/**
 * Whether another program finds this definition again. The body of a coroutine without a definition is in this one alone, whatever name it
 * has.
 */
export function canBeFound({ taskName, body, module, onlyOn }: AnyTaskDefinition): boolean {
  if (onlyOn !== undefined || module !== undefined) return true
  return registeredDefinition(taskName)?.body === body
}

/**
 * A call as a store keeps it.
 *
 * @throws what the store says of an argument that it cannot keep.
 */
export function keepCall(
  { encode }: Pick<StoreSession, "encode">,
  call: AnyTaskCall,
  settings: TaskSettings,
  publishId: string | undefined,
): KeptCall {
  const { module, args } = toldCall(call, tell)
  return { module, args: encode(args), settings: keptText(settings, encode), publishId }
}

/** Most calls of a definition have the same settings: one object, and one text. */
const texts = new WeakMap<TaskSettings, unknown>()

function keptText(settings: TaskSettings, encode: StoreSession["encode"]): ReturnType<typeof encode> {
  const known = texts.get(settings)
  if (typeof known === "string") return known
  const kept = encode(keptSettings(settings))
  texts.set(settings, kept)
  return kept
}

function tell({ taskName, module }: AnyTaskDefinition, settings: TaskSettings): ToldTask {
  return { name: taskName, module, settings: keptSettings(settings) }
}

/**
 * The call that was kept; a promise where a module has to be imported for it.
 *
 * @throws TypeError (or rejects with the module's own error) where this program has no definition of that name.
 */
export function callOf(
  { decode }: Pick<StoreSession, "decode">,
  name: string,
  { module, args, settings }: KeptCall,
): AnyTaskCall | Promise<AnyTaskCall> {
  const told = { name, module, settings: settingsOf({ decode }, settings), args: decode(args) as readonly unknown[] }
  return callFrom(told, findKept)
}

export function settingsOf({ decode }: Pick<StoreSession, "decode">, kept: KeptCall["settings"]): TaskSettings {
  return decode(kept) as TaskSettings
}

/** Whoever has the name now: a program may have been moved since. */
function findKept(name: string, module: string | undefined): AnyTaskDefinition | Promise<AnyTaskDefinition> {
  const known = registeredDefinition(name)
  if (known !== undefined) return known
  if (module !== undefined && module !== pipelineModule) return importDefinition(name, module)
  throw new TypeError(
    `Cannot go on with task ${JSON.stringify(name)}: this program has no definition of that name; import its module before the supervisor is made`,
  )
}
