import type { TaskStatus } from "../../machines/task/snapshot.ts"
import { show } from "../failure/show.ts"
import { keyText, type Keys } from "./keys.ts"
import type { Roster } from "./roster.ts"
import type { TaskSelector } from "./supervisor.ts"
import type { Task } from "../task/task.ts"

const statuses: readonly TaskStatus[] = ["pending", "running", "completed", "failed", "cancelled"]

/**
 * The tasks that a selector means: one by its id, settled or not; otherwise the living ones that match every field.
 *
 * @throws TypeError for an empty selector: it would mean all of them.
 */
export function selectTasks(selector: TaskSelector, roster: Roster, keys: Keys): readonly Task[] {
  if (typeof selector === "string") {
    const task = roster.get(selector)
    return task === undefined ? [] : [task]
  }
  if (typeof selector !== "object" || selector === null) {
    throw new TypeError(`Cannot select tasks by ${show(selector)}: give an id, or an object such as { tag: "import" }`)
  }
  const { key, tag, name, status } = selector
  if (key === undefined && tag === undefined && name === undefined && status === undefined) {
    throw new TypeError(
      `Cannot select tasks: the selector ${show(selector)} has none of key, tag, name and status; to cancel all, use shutdown()`,
    )
  }
  if (key !== undefined) keyText(key)
  if (status !== undefined && !statuses.includes(status)) {
    throw new RangeError(
      `Cannot select tasks: "status" must be one of ${statuses.join(", ")}, current value is ${show(status)}`,
    )
  }
  const candidates = key === undefined ? roster.living() : keys.all(key)
  return [...candidates].filter(
    (task) =>
      (tag === undefined || task.plan.tags.includes(tag)) &&
      (name === undefined || task.definition.taskName === name) &&
      (status === undefined || task.snapshot.status === status),
  )
}
