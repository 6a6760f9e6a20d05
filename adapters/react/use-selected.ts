import { useMemo, useRef, useSyncExternalStore } from "react"
import type { TaskView } from "../../runtime/supervisor/view.ts"
import { useProvided } from "./supervisor-context.ts"

/** Whether two selected values are the same for those who show them. */
export type IsEqual<Value> = (before: Value, after: Value) => boolean

/** A part of what a view shows: how to look at it, and how to hear of its changes. */
export interface Part<Value> {
  look(view: TaskView): Value
  listen(view: TaskView, listener: () => void): () => void
}

/**
 * What `select` makes of a part of the supervisor's view; renders again when that has changed. All hooks that read are this one.
 *
 * It does what `useSelector` of @xstate/react does, for less: the selected value is remembered without an effect of each rendering. On the
 * server, and while its page is hydrated, the view is the one that stands still.
 */
export function useSelected<Value, Selected>(
  part: Part<Value>,
  select: (value: Value) => Selected,
  isEqual: IsEqual<Selected>,
): Selected {
  const { supervisor, still } = useProvided()
  const subscribe = useMemo(() => (listener: () => void) => part.listen(supervisor, listener), [part, supervisor])
  // It may be what a rendering saw that was thrown away: by `isEqual` that is as good.
  const latest = useRef<{ readonly selected: Selected } | undefined>(undefined)
  const [look, lookStill] = useMemo(() => {
    const lookAt = (view: TaskView): (() => Selected) => {
      let seen: { readonly value: Value; readonly selected: Selected } | undefined
      return () => {
        const value = part.look(view)
        if (seen !== undefined && Object.is(seen.value, value)) return seen.selected
        const next = select(value)
        const before = latest.current
        const selected = before !== undefined && isEqual(before.selected, next) ? before.selected : next
        seen = { value, selected }
        latest.current = seen
        return selected
      }
    }
    return [lookAt(supervisor), lookAt(still)]
  }, [part, supervisor, still, select, isEqual, latest])
  return useSyncExternalStore(subscribe, look, lookStill)
}
