import { use } from "react"
import type { Outcome } from "../../machines/task/outcome.ts"
import type { TaskSnapshot } from "../../machines/task/snapshot.ts"
import { TaskCancelledError, TaskFailedError } from "../../runtime/failure/errors.ts"
import { useProvided } from "./supervisor-context.ts"
import { usePart } from "./part.ts"
import { idOf, type TaskRef } from "./task-ref.ts"
import { useSelected } from "./use-selected.ts"

/**
 * The output of a task, by its id or handle. Until the task has settled, the nearest `<Suspense>` shows its fallback.
 *
 * @throws To the nearest error boundary: TaskFailedError or TaskCancelledError for a task that has not completed, TaskNotFoundError for an
 * unknown one.
 * @example
 * function Answer({ task }: { task: TaskHandle<number> }) {
 *   return <output>{useTaskResult(task).toFixed(2)}</output>
 * }
 */
export function useTaskResult<Output = unknown>(task: TaskRef<Output>): Output {
  const { supervisor } = useProvided()
  const id = idOf(task)
  const known = useSelected(usePart(id), outcomeOf, Object.is)
  const asked = supervisor.outcomeOf(id)
  // React wants to see the same promise in the rendering that follows, too, when the task may have settled.
  if (known !== undefined) fulfil(asked, known)
  const outcome = use(asked) as Outcome<Output>
  switch (outcome.status) {
    case "completed":
      return outcome.output
    case "failed":
      throw new TaskFailedError(id, outcome.failure)
    case "cancelled":
      throw new TaskCancelledError(id, outcome.reason)
  }
}

function outcomeOf(task: TaskSnapshot | undefined): TaskSnapshot["outcome"] {
  return task?.outcome
}

/** Says, by the fields that React gives those it has waited for, that there is nothing to wait for. */
function fulfil<Value>(promise: Promise<Value> & { status?: string }, value: Value): void {
  if (promise.status === "fulfilled") return
  // The task may be known to nobody but to those who look at it.
  promise.catch(() => {})
  void Object.assign(promise, { status: "fulfilled", value })
}
