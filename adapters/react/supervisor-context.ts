import { createContext, use } from "react"
import type { AnySupervisor, TaskView } from "../../runtime/supervisor/view.ts"

/** What a provider gives to the hooks below it. */
export interface ProvidedSupervisor {
  readonly supervisor: AnySupervisor
  /** What is rendered on the server, and again while that is hydrated. */
  readonly still: TaskView
}

export const SupervisorContext = createContext<ProvidedSupervisor | undefined>(undefined)

export function useProvided(): ProvidedSupervisor {
  const provided = use(SupervisorContext)
  if (provided !== undefined) return provided
  throw new TypeError(
    "Cannot use tasks here: there is no supervisor above this component; put <SupervisorProvider supervisor={supervisor}> around it",
  )
}
