import { type ComponentProps, memo, type ReactNode } from "react"
import { keepFocus } from "./keep-focus.ts"
import { isSamePhase } from "./shown-task.ts"
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
export function CancelButton({ task, ...rest }: CancelButtonProps): ReactNode {
  const shown = useShownTask(task, isSamePhase)
  if (shown === undefined || shown.phase === "settled") return null
  return <CancelOf taskId={idOf(task)} label={shown.label} isUnderWay={shown.phase === "cancelling"} {...rest} />
}

interface CancelOfProps extends Omit<CancelButtonProps, "task"> {
  readonly taskId: string
  readonly label: string
  readonly isUnderWay: boolean
}

/** The button alone, for those who know already what it is to say. */
export const CancelOf = memo(function CancelOf(props: CancelOfProps): ReactNode {
  const { taskId, label, isUnderWay, reason, children, ...rest } = props
  const supervisor = useSupervisor()
  return (
    <button
      ref={keepFocus}
      type="button"
      aria-label={`Cancel ${label}`}
      aria-disabled={isUnderWay}
      onClick={() => {
        if (!isUnderWay) void supervisor.cancel(taskId, reason)
      }}
      {...rest}
    >
      {children ?? "Cancel"}
    </button>
  )
})
