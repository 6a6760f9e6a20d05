import { memo, type ReactNode, useId } from "react"
import { Bar } from "./bar.tsx"
import { CancelOf } from "./cancel-button.tsx"
import { isSamePhase, isSameShown } from "./shown-task.ts"
import { useInSight } from "./use-in-sight.ts"
import { useShownTask } from "./use-shown-task.ts"

export interface TaskRowProps {
  readonly id: string
  /** The list of its children; null for a task without any. */
  readonly children: ReactNode
}

/**
 * One task of a `TaskList`: label, bar, text, and a button to cancel it, in an `<li>` with `data-status` and `data-phase`. A row that is
 * scrolled out of sight follows its task's phases alone: its bar is brought up to date when it comes near.
 */
export const TaskRow = memo(function TaskRow({ id, children }: TaskRowProps): ReactNode {
  const labelId = useId()
  const [row, isInSight] = useInSight<HTMLLIElement>()
  const shown = useShownTask(id, isInSight ? isSameShown : isSamePhase)
  if (shown === undefined) return null
  const { label, status, phase, percent, text } = shown
  return (
    <li ref={row} data-status={status} data-phase={phase}>
      <span id={labelId} data-part="label">
        {label}
      </span>
      <Bar percent={percent} aria-labelledby={labelId} aria-valuetext={percent === undefined ? text : undefined} />
      <span data-part="text">{text}</span>
      {phase === "settled" ? null : <CancelOf taskId={id} label={label} isUnderWay={phase === "cancelling"} />}
      {children}
    </li>
  )
})
