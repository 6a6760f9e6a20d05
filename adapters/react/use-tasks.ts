import { useCallback } from "react"
import type { TaskSnapshot } from "../../machines/task/snapshot.ts"
import type { SupervisorSnapshot } from "../../runtime/supervisor/view.ts"
import { whole } from "./part.ts"
import { type IsEqual, useSelected } from "./use-selected.ts"

/**
 * The living visible tasks, oldest first. Renders again when any of them changes, at most once in a tick.
 *
 * @example
 * function Latest() {
 *   return useTasks().at(-1)?.message ?? "idle"
 * }
 */
export function useTasks(): readonly TaskSnapshot[]
/**
 * What `select` makes of the living visible tasks: filtered, sorted, mapped, counted. Renders again when that has changed.
 *
 * @param isEqual Whether it has not. By default two lists are equal when they have the same members, anything else by `Object.is`.
 * @example
 * function Failing() {
 *   const names = useTasks((tasks) => tasks.filter(({ attempt }) => attempt > 1).map(({ name }) => name))
 *   return <p>{names.length === 0 ? "Nothing is tried again" : names.join(", ")}</p>
 * }
 */
export function useTasks<Selected>(
  select: (tasks: readonly TaskSnapshot[]) => Selected,
  isEqual?: IsEqual<Selected>,
): Selected
export function useTasks(
  select: (tasks: readonly TaskSnapshot[]) => unknown = (tasks) => tasks,
  isEqual: IsEqual<unknown> = haveSameMembers,
): unknown {
  const ofWhole = useCallback(({ tasks }: SupervisorSnapshot) => select(tasks), [select])
  return useSelected(whole, ofWhole, isEqual)
}

function haveSameMembers(before: unknown, after: unknown): boolean {
  if (!Array.isArray(before) || !Array.isArray(after)) return Object.is(before, after)
  if (before.length !== after.length) return false
  for (let at = 0; at < before.length; at++) if (!Object.is(before[at], after[at])) return false
  return true
}
