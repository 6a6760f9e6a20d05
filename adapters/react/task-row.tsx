import { memo, type ReactNode, useId } from "react"
import { Bar } from "./bar.tsx"
import { CancelButton } from "./cancel-button.tsx"
import { valueText } from "./progress-bar.tsx"
import { useShownTask } from "./use-shown-task.ts"

export interface TaskRowProps {
  readonly id: string
  /** The list of its children; null for a task without any. */
  readonly children: ReactNode
}

/** One task of a `TaskList`: label, bar, text, and a button to cancel it, in an `<li>` with `data-status` and `data-phase`. */
export const TaskRow = memo(function TaskRow({ id, children }: TaskRowProps): ReactNode {
  const labelId = useId()
  const shown = useShownTask(id)
  if (shown === undefined) return null
  const { label, status, phase, percent, text } = shown
  return (
    <li data-status={status} data-phase={phase}>
      <span id={labelId} data-part="label">
        {label}
      </span>
      <Bar percent={percent} aria-labelledby={labelId} aria-valuetext={valueText(percent, text)} />
      <span data-part="text">{text}</span>
      <CancelButton task={id} />
      {children}
    </li>
  )
})
