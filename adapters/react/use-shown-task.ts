import { usePart } from "./part.ts"
import { isSameShown, shownTask, type ShownTask } from "./shown-task.ts"
import { idOf, type TaskRef } from "./task-ref.ts"
import { type IsEqual, useSelected } from "./use-selected.ts"

export function useShownTask(
  task: TaskRef | undefined,
  isEqual: IsEqual<ShownTask | undefined> = isSameShown,
): ShownTask | undefined {
  return useSelected(usePart(idOf(task)), shownTask, isEqual)
}
