import { type ReactNode, useMemo } from "react"
import type { AnySupervisor, SupervisorSnapshot } from "../../runtime/supervisor/view.ts"
import { nothing, stillView } from "./still-view.ts"
import { SupervisorContext } from "./supervisor-context.ts"

export interface SupervisorProviderProps {
  /** Made, and shut down, outside of React: a component comes and goes, the tasks stay. */
  readonly supervisor: AnySupervisor
  /** What the server has rendered, there and where it is hydrated. Default: nothing alive. */
  readonly serverSnapshot?: SupervisorSnapshot | undefined
  readonly children?: ReactNode
}

/**
 * Gives a supervisor to all hooks below it.
 *
 * @example
 * const app = (
 *   <SupervisorProvider supervisor={supervisor}>
 *     <TaskList />
 *   </SupervisorProvider>
 * )
 */
export function SupervisorProvider({
  supervisor,
  serverSnapshot = nothing,
  children,
}: SupervisorProviderProps): ReactNode {
  const provided = useMemo(
    () => ({ supervisor, still: stillView(serverSnapshot, supervisor) }),
    [supervisor, serverSnapshot],
  )
  return <SupervisorContext value={provided}>{children}</SupervisorContext>
}
