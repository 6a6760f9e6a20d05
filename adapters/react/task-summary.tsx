import type { ReactNode } from "react"
import type { SupervisorSnapshot } from "../../runtime/supervisor/view.ts"
import { useCalm } from "./use-calm.ts"
import { whole } from "./part.ts"
import { useSelected } from "./use-selected.ts"

const calmMs = 2000
const statuses = ["running", "pending", "completed", "failed", "cancelled"] as const

interface TaskSummaryProps {
  readonly summarize?: ((counts: SupervisorSnapshot["counts"]) => string) | undefined
}

/** How many tasks there are of each status, said politely: a screen reader speaks it, every two seconds at most. */
export function TaskSummary({ summarize = countsText }: TaskSummaryProps): ReactNode {
  const text = useSelected(whole, ({ counts }) => summarize(counts), Object.is)
  return (
    <p role="status" data-part="summary">
      {useCalm(text, calmMs)}
    </p>
  )
}

function countsText(counts: SupervisorSnapshot["counts"]): string {
  const parts = statuses.filter((status) => counts[status] > 0).map((status) => `${counts[status]} ${status}`)
  return parts.length === 0 ? "No tasks" : parts.join(", ")
}
