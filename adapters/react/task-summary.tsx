import type { ReactNode } from "react"
import type { SupervisorSnapshot } from "../../runtime/supervisor/view.ts"
import { useCalm } from "./use-calm.ts"
import { useWhole } from "./use-store.ts"

const calmMs = 2000
const statuses = ["running", "pending", "completed", "failed", "cancelled"] as const

export type Summarize = (counts: SupervisorSnapshot["counts"]) => string

/** How many tasks there are of each status, said politely: a screen reader speaks it, every two seconds at most. */
export function TaskSummary({ summarize = countsText }: { readonly summarize?: Summarize | undefined }): ReactNode {
  const text = useWhole(({ counts }) => summarize(counts), Object.is)
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
