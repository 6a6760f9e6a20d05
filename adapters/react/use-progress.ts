import { idOf, type TaskRef } from "./task-ref.ts"
import { useOne, useWhole } from "./use-store.ts"

/**
 * Progress, 0 to 1: of all that is alive when it is given nothing (1 when nothing is), of one task by its id or handle (0 for an unknown
 * one). Changes at most 30 times a second for each task.
 *
 * @example
 * function Favicon() {
 *   const progress = useProgress()
 *   return <progress value={progress} />
 * }
 */
export function useProgress(...task: readonly [] | readonly [TaskRef | undefined]): number {
  const isOverall = task.length === 0
  const overall = useWhole(({ progress }) => (isOverall ? progress : 0), Object.is)
  const own = useOne(idOf(task[0]), (snapshot) => snapshot?.progress ?? 0, Object.is)
  return isOverall ? overall : own
}
