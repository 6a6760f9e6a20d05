import type { TaskSnapshot } from "../../../machines/task/snapshot.ts"
import { newNode, type TaskNode } from "../../terminal/task-node.ts"
import { harmless } from "../../terminal/text.ts"

/** A task that is looked at alone, as the view in a terminal knows tasks. */
export function taskNodeOf(task: TaskSnapshot): TaskNode {
  const { status, phase, attempt, progress, message, startedAt, settledAt, nextAttemptAt, failures, outcome } = task
  return Object.assign(newNode(task, undefined, 0), {
    status,
    phase,
    attempt,
    progress,
    message: harmless(message ?? ""),
    startedAt,
    settledAt,
    nextAttemptAt,
    failure: failures.at(-1),
    outcome,
  })
}
