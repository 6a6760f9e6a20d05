import { type ComponentProps, type ComponentType, type ReactNode, useMemo } from "react"
import type { SupervisorSnapshot } from "../../runtime/supervisor/view.ts"
import { type Family, familyOf, idsAndParents } from "./family.ts"
import { keepFocus } from "./keep-focus.ts"
import { TaskSummary } from "./task-summary.tsx"
import { TaskRow, type TaskRowProps } from "./task-row.tsx"
import { useTasks } from "./use-tasks.ts"

export interface TaskListProps extends Omit<ComponentProps<"div">, "children" | "role"> {
  /** Ids of the tasks to show, settled or not. Default: all that live and are visible. Living children come under them either way. */
  readonly tasks?: readonly string[] | undefined
  /** The list's name for screen readers. Default "Tasks". */
  readonly label?: string
  /** Shows one task, as an `<li>`. Default `TaskRow`. */
  readonly row?: ComponentType<TaskRowProps>
  /** The line above the list, which screen readers speak when it changes; at most every two seconds. Default: the numbers by status. */
  readonly summarize?: (counts: SupervisorSnapshot["counts"]) => string
  /** Shown in place of an empty list. */
  readonly empty?: ReactNode
}

/**
 * Tasks as a tree of lists, children under their parents. Unstyled: `data-part` and `data-status` are there for your style sheet. Each row renders
 * again when its own task changes; the list when one comes or goes. All other props go to the outer `div`.
 *
 * @example
 * function Row({ id, children }: TaskRowProps) {
 *   return (
 *     <li>
 *       <ProgressBar task={id} /> <CancelButton task={id}>×</CancelButton>
 *       {children}
 *     </li>
 *   )
 * }
 * const list = <TaskList row={Row} empty={<p>Nothing to do.</p>} />
 */
export function TaskList({
  tasks,
  label = "Tasks",
  row = TaskRow,
  summarize,
  empty,
  ...rest
}: TaskListProps): ReactNode {
  const alive = useTasks(idsAndParents)
  const family = useMemo(() => familyOf(alive, tasks), [alive, tasks])
  return (
    <div data-part="task-list" tabIndex={-1} {...rest}>
      <TaskSummary summarize={summarize} />
      {family.roots.length === 0 ? empty : <Branch ids={family.roots} label={label} family={family} row={row} />}
    </div>
  )
}

interface BranchProps {
  readonly ids: readonly string[]
  readonly label?: string
  readonly family: Family
  readonly row: ComponentType<TaskRowProps>
}

function Branch({ ids, label, family, row: Row }: BranchProps): ReactNode {
  return (
    // oxlint-disable-next-line jsx-a11y/no-redundant-roles -- a list without bullets is none for Safari, unless it says so
    <ul ref={keepFocus} role="list" aria-label={label} tabIndex={-1} data-part="tasks">
      {ids.map((id) => {
        const children = family.children.get(id)
        return (
          <Row key={id} id={id}>
            {children === undefined ? null : <Branch ids={children} family={family} row={Row} />}
          </Row>
        )
      })}
    </ul>
  )
}
