import type { AnyTaskDefinition } from "../definition/definition.ts"
import type { TaskSettings } from "../definition/settings.ts"

/**
 * Settings as they are kept. `retry.when` is a function, and is not: the definition that a later program has is asked for its own.
 */
export function keptSettings(settings: TaskSettings): TaskSettings {
  const { retry } = settings
  if (retry?.when === undefined) return settings
  const { when: _when, ...rest } = retry
  return { ...settings, retry: rest }
}

/** The settings that were kept, and of the definition what could not be. */
export function settingsFrom(kept: TaskSettings, definition: Pick<AnyTaskDefinition, "settings">): TaskSettings {
  const when = definition.settings.retry?.when
  return kept.retry === undefined || when === undefined ? kept : { ...kept, retry: { ...kept.retry, when } }
}
