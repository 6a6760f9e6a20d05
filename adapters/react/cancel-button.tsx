import type { ComponentProps, ReactNode } from "react"
import { keepFocus } from "./keep-focus.ts"
import { idOf, type TaskRef } from "./task-ref.ts"
import { useShownTask } from "./use-shown-task.ts"
import { useSupervisor } from "./use-supervisor.ts"

export interface CancelButtonProps extends ComponentProps<"button"> {
  readonly task: TaskRef
  /** Stands in the outcome as `reason.message`. */
  readonly reason?: string
}

/**
 * A button that cancels a task, named after it. It is there while the task lives, and says when its cancel is under way; it stays
 * focusable then, so that a keyboard does not lose its place.
 */
export function CancelButton({ task, reason, children, ...rest }: CancelButtonProps): ReactNode {
  const supervisor = useSupervisor()
  const shown = useShownTask(task)
  if (shown === undefined || shown.phase === "settled") return null
  return (
    <button
      ref={keepFocus}
      type="button"
      aria-label={`Cancel ${shown.label}`}
      aria-disabled={!shown.isCancellable}
      onClick={() => {
        if (shown.isCancellable) void supervisor.cancel(idOf(task), reason)
      }}
      {...rest}
    >
      {children ?? "Cancel"}
    </button>
  )
}
