import type { TaskSnapshot } from "../../../machines/task/snapshot.ts"
import { span, type Span } from "../../terminal/line.ts"
import { percentText, toneOf } from "../../terminal/row-spans.ts"
import type { TaskNode } from "../../terminal/task-node.ts"
import { elapsedOf, saying } from "../../terminal/task-text.ts"
import { headOf } from "../text-table.ts"
import { timeText } from "../time-text.ts"
import { taskNodeOf } from "./task-node-of.ts"

export const taskHead: readonly Span[] = headOf("ID", "TASK", "STATE", "SUBMITTED", "TOOK", "")

/** One task in a list. */
export function taskRow(task: TaskSnapshot, now: number): readonly Span[] {
  const node = taskNodeOf(task)
  const state = stateOf(node)
  const said = saying(node, now)
  return [
    span(task.id),
    span(node.label, "bold"),
    span(state, toneOf(node)),
    span(timeText(task.submittedAt)),
    span(elapsedOf(node, now), "dim"),
    span(said === state ? "" : said, node.status === "failed" ? "bad" : "dim"),
  ]
}

/** The phase of what waits, the progress of what runs, the status of what has settled. */
export function stateOf({ status, phase, progress }: Pick<TaskNode, "status" | "phase" | "progress">): string {
  if (phase === "settled") return status
  if (phase !== "executing") return phase
  return progress > 0 ? `running ${percentText(progress).trim()}` : "running"
}
