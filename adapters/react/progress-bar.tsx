import type { ComponentProps, ReactNode } from "react"
import { Bar } from "./bar.tsx"
import type { TaskRef } from "./task-ref.ts"
import { whole } from "./part.ts"
import { percentOf } from "./percent.ts"
import { useSelected } from "./use-selected.ts"
import { useShownTask } from "./use-shown-task.ts"

export interface ProgressBarProps extends Omit<ComponentProps<"div">, "role"> {
  /** Default: the overall progress of all that is alive. */
  readonly task?: TaskRef | undefined
  /** In place of `<div data-part="fill">`. */
  readonly children?: ReactNode
}

/**
 * The progress of a task, or of all, as a bar in whole percents for eyes and for screen readers. Unstyled: `[role="progressbar"]` is the
 * bar, `[data-part="fill"]` in it has the width, `data-status` and `data-phase` tell the rest. All other props go to the outer `div`.
 *
 * @example
 * const bars = (
 *   <>
 *     <ProgressBar aria-label="All tasks" />
 *     <ProgressBar task="t1-7" className="thin" />
 *   </>
 * )
 */
export function ProgressBar({ task, ...rest }: ProgressBarProps): ReactNode {
  return task === undefined ? <OverallBar {...rest} /> : <TaskBar task={task} {...rest} />
}

function TaskBar({ task, ...rest }: ProgressBarProps): ReactNode {
  const shown = useShownTask(task)
  return (
    <Bar
      percent={shown?.percent}
      aria-label={rest["aria-labelledby"] === undefined ? shown?.label : undefined}
      aria-valuetext={shown && valueText(shown.percent, shown.text)}
      data-status={shown?.status}
      data-phase={shown?.phase}
      {...rest}
    />
  )
}

function OverallBar(rest: ProgressBarProps): ReactNode {
  const percent = useSelected(whole, ({ progress }) => percentOf(progress), Object.is)
  const label = rest["aria-labelledby"] === undefined ? "All tasks" : undefined
  return <Bar percent={percent} aria-label={label} {...rest} />
}

function valueText(percent: number | undefined, text: string): string {
  return percent === undefined ? text : `${percent} %, ${text}`
}
