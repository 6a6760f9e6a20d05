import type { TaskEvent } from "./events.ts"
import type { Outcome } from "./outcome.ts"
import type { TaskSnapshot } from "./snapshot.ts"

/**
 * What each event does to a task's snapshot: the assignments of the task machine. They say nothing about when an event
 * is accepted; that is the statechart's business.
 */
type EventOf<Type extends TaskEvent["type"]> = Extract<TaskEvent, { type: Type }>

export function becomeQueued(task: TaskSnapshot): TaskSnapshot {
  return { ...task, phase: "queued", nextAttemptAt: undefined, sequence: task.sequence + 1 }
}

export function beginAttempt(task: TaskSnapshot, event: EventOf<"start">): TaskSnapshot {
  return {
    ...task,
    status: "running",
    phase: "executing",
    progress: 0,
    attempt: task.attempt + 1,
    startedAt: event.at,
    sequence: task.sequence + 1,
  }
}

export function takeReport(task: TaskSnapshot, event: EventOf<"report">): TaskSnapshot {
  return {
    ...task,
    progress: Math.max(task.progress, event.progress),
    message: event.message ?? task.message,
    sequence: task.sequence + 1,
  }
}

/** A body's event or log line takes a place in the task's order, and changes nothing else. */
export function countFact(task: TaskSnapshot): TaskSnapshot {
  return { ...task, sequence: task.sequence + 1 }
}

export function requestCancel(task: TaskSnapshot, event: EventOf<"cancel">): TaskSnapshot {
  return {
    ...task,
    phase: "cancelling",
    cancelRequested: true,
    cancelReason: event.reason,
    sequence: task.sequence + 1,
  }
}

export function complete(task: TaskSnapshot, event: EventOf<"complete">): TaskSnapshot {
  return settle(task, { status: "completed", output: event.output }, event.at)
}

export function fail(task: TaskSnapshot, event: EventOf<"fail">): TaskSnapshot {
  const failures = [...task.failures, event.failure]
  return settle({ ...task, failures }, { status: "failed", failure: event.failure, attempts: failures }, event.at)
}

export function backOff(task: TaskSnapshot, event: EventOf<"fail">): TaskSnapshot {
  return {
    ...task,
    status: "pending",
    phase: "backoff",
    failures: [...task.failures, event.failure],
    nextAttemptAt: event.retryAt,
    sequence: task.sequence + 1,
  }
}

/** The end of a task that was asked to end while it ran. */
export function endCancelled(task: TaskSnapshot, event: { readonly at: number }): TaskSnapshot {
  return settle(task, { status: "cancelled", reason: task.cancelReason ?? { type: "requested" } }, event.at)
}

/** The end of a task that is cancelled before it runs (again). */
export function cancelWaiting(task: TaskSnapshot, event: EventOf<"cancel">): TaskSnapshot {
  return settle(
    { ...task, cancelRequested: true, cancelReason: event.reason },
    { status: "cancelled", reason: event.reason },
    event.at,
  )
}

function settle(task: TaskSnapshot, outcome: Outcome<unknown>, at: number): TaskSnapshot {
  return {
    ...task,
    status: outcome.status,
    phase: "settled",
    progress: outcome.status === "completed" ? 1 : task.progress,
    outcome,
    nextAttemptAt: undefined,
    settledAt: at,
    sequence: task.sequence + 1,
  }
}
