import { usePart, whole } from "./part.ts"
import { idOf, type TaskRef } from "./task-ref.ts"
import { type Part, useSelected } from "./use-selected.ts"

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
  const one = usePart(idOf(task[0]))
  const part: Part<{ readonly progress: number } | undefined> = task.length === 0 ? whole : one
  return useSelected(part, progressOf, Object.is)
}

function progressOf(shown: { readonly progress: number } | undefined): number {
  return shown?.progress ?? 0
}
