import type { AnySupervisor } from "../../runtime/supervisor/view.ts"
import { useProvided } from "./supervisor-context.ts"

/**
 * The supervisor of the nearest `SupervisorProvider`: to run and to cancel tasks, in event handlers and effects. To show tasks use the
 * other hooks, which render again when something changes.
 *
 * @throws TypeError where there is no provider above.
 * @example
 * function CancelImports() {
 *   const supervisor = useSupervisor()
 *   return <button onClick={() => void supervisor.cancel({ tag: "import" })}>Cancel all imports</button>
 * }
 */
export function useSupervisor(): AnySupervisor {
  return useProvided().supervisor
}
