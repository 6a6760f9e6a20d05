import type { ReactNode } from "react"
import { CancelButton, ProgressBar, TaskList, type TaskRowProps, useTask, useTasks } from "tasktor/react"

/** The files that are being read. Short ones come and go too fast for eyes: only those are shown that take a while. */
export function WorkInHand({ parent }: { readonly parent: string }): ReactNode {
  const ids = useTasks((tasks) =>
    tasks.filter((task) => task.parent === parent && task.progress > 0 && task.progress < 1).map(({ id }) => id),
  )
  return <TaskList className="work" label="Files in hand" tasks={ids} row={FileRow} summarize={() => ""} />
}

function FileRow({ id }: TaskRowProps): ReactNode {
  const path = useTask(id, (task) => String(task?.key ?? ""))
  return (
    <li>
      <span className="path" title={path}>
        <bdi>{path}</bdi>
      </span>
      <ProgressBar task={id} aria-label={path} />
      <CancelButton task={id} reason="you skipped it" aria-label={`Skip ${path}`}>
        Skip
      </CancelButton>
    </li>
  )
}
