import {
  backOff,
  becomeQueued,
  beginAttempt,
  cancelWaiting,
  complete,
  countFact,
  endCancelled,
  fail,
  requestCancel,
  takeReport,
} from "./changes.ts"
import type { TaskEvent } from "./events.ts"
import type { TaskSnapshot } from "./snapshot.ts"

/**
 * The task machine as one pure function: the next snapshot, or the very same object where the statechart does not accept
 * the event. It serves the tasks that have no actor yet as well as `taskLogic`.
 */
export function transition(task: TaskSnapshot, event: TaskEvent): TaskSnapshot {
  switch (task.phase) {
    case "queued":
      return event.type === "start" ? beginAttempt(task, event) : whilePending(task, event)
    case "delayed":
    case "backoff":
      return event.type === "due" ? becomeQueued(task) : whilePending(task, event)
    case "executing":
      return whileExecuting(task, event)
    case "cancelling":
      return whileCancelling(task, event)
    case "settled":
      return task
  }
}

function whilePending(task: TaskSnapshot, event: TaskEvent): TaskSnapshot {
  if (event.type === "cancel") return cancelWaiting(task, event)
  if (event.type === "fail") return fail(task, event)
  return task
}

function whileExecuting(task: TaskSnapshot, event: TaskEvent): TaskSnapshot {
  switch (event.type) {
    case "report":
      return takeReport(task, event)
    case "emit":
    case "log":
      return countFact(task)
    case "cancel":
      return requestCancel(task, event)
    case "complete":
      return complete(task, event)
    case "fail":
      return event.retryAt === undefined ? fail(task, event) : backOff(task, event)
    case "due":
    case "start":
    case "stop":
    default: // an actor is sent whatever anybody likes
      return task
  }
}

function whileCancelling(task: TaskSnapshot, event: TaskEvent): TaskSnapshot {
  switch (event.type) {
    case "report":
      return takeReport(task, event)
    case "emit":
    case "log":
      return countFact(task)
    case "complete":
    case "fail":
    case "stop":
      return endCancelled(task, event)
    case "due":
    case "start":
    case "cancel":
    default:
      return task
  }
}
