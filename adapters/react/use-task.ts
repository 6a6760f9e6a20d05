import type { TaskSnapshot } from "../../machines/task/snapshot.ts"
import { usePart } from "./part.ts"
import { idOf, type TaskRef } from "./task-ref.ts"
import { type IsEqual, useSelected } from "./use-selected.ts"

/**
 * A task as it is now, by its id or handle; undefined for none, and for one that the supervisor does not know. Renders again when this task
 * changes, and at no other time. A task that is shown is not forgotten.
 *
 * @example
 * function Title({ id }: { id: string }) {
 *   const task = useTask(id)
 *   return <h2>{task === undefined ? "Gone" : `${task.name}: ${task.message ?? task.phase}`}</h2>
 * }
 */
export function useTask<Output = unknown>(task: TaskRef<Output> | undefined): TaskSnapshot<Output> | undefined
/**
 * What `select` makes of the task. Renders again when that has changed.
 *
 * @param isEqual Whether it has not. Default `Object.is`.
 * @example
 * function Percent({ id }: { id: string }) {
 *   return useTask(id, (task) => `${Math.round((task?.progress ?? 0) * 100)} %`)
 * }
 */
export function useTask<Selected, Output = unknown>(
  task: TaskRef<Output> | undefined,
  select: (task: TaskSnapshot<Output> | undefined) => Selected,
  isEqual?: IsEqual<Selected>,
): Selected
export function useTask(
  task: TaskRef | undefined,
  select: (task: TaskSnapshot | undefined) => unknown = itself,
  isEqual: IsEqual<unknown> = Object.is,
): unknown {
  return useSelected(usePart(idOf(task)), select, isEqual)
}

function itself<Value>(value: Value): Value {
  return value
}
