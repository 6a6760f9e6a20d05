import { useSelector } from "@xstate/react"
import { useMemo, useSyncExternalStore } from "react"
import type { TaskSnapshot } from "../../machines/task/snapshot.ts"
import type { SupervisorSnapshot, TaskView } from "../../runtime/supervisor/view.ts"
import { storeOf } from "./store.ts"
import { useProvided } from "./supervisor-context.ts"

export type IsEqual<Value> = (before: Value, after: Value) => boolean

/** What `select` makes of the whole; renders again when that has changed, at most once in a tick. */
export function useWhole<Selected>(
  select: (snapshot: SupervisorSnapshot) => Selected,
  isEqual: IsEqual<Selected>,
): Selected {
  const view = useView()
  const store = useMemo(
    () =>
      storeOf<SupervisorSnapshot>(
        () => view.getSnapshot(),
        (listener) => view.subscribe(listener),
      ),
    [view],
  )
  return useSelector(store, select, isEqual)
}

/** What `select` makes of one task; renders again when that has changed, whatever the other tasks do. */
export function useOne<Selected>(
  id: string | undefined,
  select: (task: TaskSnapshot | undefined) => Selected,
  isEqual: IsEqual<Selected>,
): Selected {
  const view = useView()
  const store = useMemo(
    () =>
      storeOf<TaskSnapshot | undefined>(
        () => (id === undefined ? undefined : view.snapshotOf(id)),
        (listener) => (id === undefined ? () => {} : view.subscribeTo(id, listener)),
      ),
    [view, id],
  )
  return useSelector(store, select, isEqual)
}

/** The supervisor; while something is rendered on the server or hydrated, what stands still there. */
function useView(): TaskView {
  const { supervisor, still } = useProvided()
  return useSyncExternalStore<TaskView>(
    neverChanges,
    () => supervisor,
    () => still,
  )
}

function neverChanges(): () => void {
  return () => {}
}
