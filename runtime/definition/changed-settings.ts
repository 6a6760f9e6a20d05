import type { TaskSettings } from "./settings.ts"

/** Settings that change others: one that is `undefined` was not given, and leaves what is there, or the supervisor's default. */
export function changedBy(settings: TaskSettings, more: TaskSettings): TaskSettings {
  const given = Object.entries(more).filter(([, value]) => value !== undefined)
  return { ...settings, ...Object.fromEntries(given) }
}
