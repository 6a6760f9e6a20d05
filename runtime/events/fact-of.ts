import type { TaskEvent } from "../../machines/task/events.ts"
import type { TaskSnapshot } from "../../machines/task/snapshot.ts"
import type { TaskFact, TaskFactOrigin } from "./task-fact.ts"

/** The first fact of a task. */
export function submittedFact(snapshot: TaskSnapshot, at: number): TaskFact {
  const { key, executor, phase, nextAttemptAt, parent, origin, tags, visible } = snapshot
  return {
    ...originOf(snapshot, at),
    type: "submitted",
    key,
    executor,
    phase,
    nextAttemptAt,
    parent,
    origin,
    tags,
    visible,
  }
}

/** What an event that the task's machine has accepted is for those who look on. */
export function factOf(
  before: TaskSnapshot,
  after: TaskSnapshot,
  event: TaskEvent,
  at: number,
  channel: string | undefined,
): TaskFact {
  const origin = originOf(after, at)
  switch (event.type) {
    case "report":
      return { ...origin, type: "report", progress: after.progress, message: after.message }
    case "emit":
      return { ...origin, type: "event", event: event.name, data: event.data, channel }
    case "log":
      return { ...origin, type: "log", level: event.level, data: event.data }
    case "due":
    case "start":
    case "cancel":
    case "complete":
    case "fail":
    case "stop": {
      if (after.outcome !== undefined) return { ...origin, type: "outcome", outcome: after.outcome }
      const failure = after.failures.length > before.failures.length ? after.failures.at(-1) : undefined
      const { status, phase, attempt, nextAttemptAt } = after
      return { ...origin, type: "state", status, phase, attempt, failure, nextAttemptAt }
    }
  }
}

function originOf({ id, name, sequence }: TaskSnapshot, at: number): TaskFactOrigin {
  return { task: id, name, sequence, at }
}
