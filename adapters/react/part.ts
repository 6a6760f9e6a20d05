import { useMemo } from "react"
import type { TaskSnapshot } from "../../machines/task/snapshot.ts"
import type { SupervisorSnapshot } from "../../runtime/supervisor/view.ts"
import type { Part } from "./use-selected.ts"

/** All tasks; told at most once in a tick. */
export const whole: Part<SupervisorSnapshot> = {
  look: (view) => view.getSnapshot(),
  listen: (view, listener) => view.subscribe(listener),
}

/** One task, whatever the others do; undefined for no id, and for an unknown one. */
export function usePart(id: string | undefined): Part<TaskSnapshot | undefined> {
  return useMemo(() => (id === undefined ? none : one(id)), [id])
}

function one(id: string): Part<TaskSnapshot | undefined> {
  return { look: (view) => view.snapshotOf(id), listen: (view, listener) => view.subscribeTo(id, listener) }
}

const none: Part<undefined> = { look: () => undefined, listen: () => () => {} }
