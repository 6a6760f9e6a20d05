import { shallowEqual } from "@xstate/react"
import { shownTask, type ShownTask } from "./shown-task.ts"
import { idOf, type TaskRef } from "./task-ref.ts"
import { useOne } from "./use-store.ts"

export function useShownTask(task: TaskRef | undefined): ShownTask | undefined {
  return useOne(idOf(task), shownTask, shallowEqual)
}
