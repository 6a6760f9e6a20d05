import type { CancelReason } from "../../machines/task/outcome.ts"
import { describeCancel, describeFailure } from "../../runtime/failure/errors.ts"
import { elapsedText } from "./elapsed.ts"
import type { Counts, TaskNode } from "./task-node.ts"
import { harmless } from "./text.ts"

/** What there is to say of a task beside its bar: its message, what it waits for, or how it ended. */
export function saying(node: TaskNode, now: number): string {
  switch (node.phase) {
    case "queued":
      return node.attempt === 0 ? "queued" : `queued for attempt ${node.attempt + 1}`
    case "delayed":
      return `starts in ${elapsedText((node.nextAttemptAt ?? now) - now)}`
    case "backoff": {
      const wait = elapsedText((node.nextAttemptAt ?? now) - now)
      return joined([`attempt ${node.attempt + 1} in ${wait}`, node.failure && harmless(describeFailure(node.failure))])
    }
    case "executing":
      return joined([node.attempt > 1 ? `attempt ${node.attempt}` : "", node.message])
    case "cancelling":
      return joined(["cancelling", node.message])
    case "settled":
      return ending(node)
  }
}

function ending(node: TaskNode): string {
  switch (node.outcome?.status) {
    case "failed": {
      const attempts = node.outcome.attempts.length
      return joined([
        harmless(describeFailure(node.outcome.failure)),
        attempts > 1 ? `after ${attempts} attempts` : "",
        familyText(node),
      ])
    }
    case "cancelled":
      return joined([cancelText(node.outcome.reason), node.message, familyText(node)])
    case "completed":
    case undefined:
      return joined([node.message, familyText(node)])
  }
}

/** Whose child it was, the tree shows. */
function cancelText(reason: CancelReason): string {
  return reason.type === "parent" ? "cancelled with its parent" : `cancelled: ${harmless(describeCancel(reason))}`
}

/** What became of a settled task's descendants. */
function familyText(node: TaskNode): string {
  if (node.family === undefined) return ""
  const { below } = node.family
  const all = total(below)
  const children = `${all} ${all === 1 ? "child" : "children"}`
  return below.completed === all ? children : `${children}: ${countsText(below)}`
}

const statuses = ["running", "pending", "completed", "failed", "cancelled"] as const

/** `3 running, 97 pending, 12 completed`: the statuses that there are. */
export function countsText(counts: Readonly<Counts>): string {
  return statuses
    .filter((status) => counts[status] > 0)
    .map((status) => `${counts[status]} ${status}`)
    .join(", ")
}

export function total(counts: Readonly<Counts>): number {
  return statuses.reduce((sum, status) => sum + counts[status], 0)
}

/** `+ 312 more: 300 pending, 12 completed` */
export function moreText(counts: Readonly<Counts>): string {
  return `+ ${total(counts)} more: ${countsText(counts)}`
}

/** Time from the begin of the first attempt to the end, or to now; empty for a task that never began. */
export function elapsedOf(node: TaskNode, now: number): string {
  return node.startedAt === undefined ? "" : elapsedText((node.settledAt ?? now) - node.startedAt)
}

function joined(parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== "").join(" · ")
}
