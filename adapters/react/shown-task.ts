import type { TaskPhase, TaskSnapshot, TaskStatus } from "../../machines/task/snapshot.ts"
import { describeCancel, describeFailure } from "../../runtime/failure/errors.ts"
import { percentOf } from "./percent.ts"

/** What the components show of a task: they render again when this changes, which it does less often than the task. */
export interface ShownTask {
  /** The task's name, and its key where it was given one. */
  readonly label: string
  readonly status: TaskStatus
  readonly phase: TaskPhase
  /** 0 to 100, whole; undefined while nothing has begun. */
  readonly percent: number | undefined
  /** Its message, what it waits for, or how it ended. */
  readonly text: string
}

/** Undefined for a task that is not known. */
export function shownTask(task: TaskSnapshot | undefined): ShownTask | undefined {
  if (task === undefined) return undefined
  const { status, phase, attempt, progress } = task
  return {
    label: labelOf(task),
    status,
    phase,
    percent: attempt === 0 ? undefined : percentOf(progress),
    text: textOf(task),
  }
}

/** Whether it is the same in what changes seldom. */
export function isSamePhase(before: ShownTask | undefined, after: ShownTask | undefined): boolean {
  return before?.phase === after?.phase && before?.label === after?.label
}

export function isSameShown(before: ShownTask | undefined, after: ShownTask | undefined): boolean {
  return isSamePhase(before, after) && before?.percent === after?.percent && before?.text === after?.text
}

function labelOf({ id, key, name }: TaskSnapshot): string {
  return key === id ? name : `${name} ${typeof key === "object" ? key.join("/") : key}`
}

function textOf({ phase, attempt, message, outcome }: TaskSnapshot): string {
  switch (phase) {
    case "queued":
      return attempt === 0 ? "queued" : `queued for attempt ${attempt + 1}`
    case "delayed":
      return "starts later"
    case "backoff":
      return `attempt ${attempt + 1} follows`
    case "executing":
      return message ?? "running"
    case "cancelling":
      return "cancelling"
    case "settled":
      break
  }
  switch (outcome?.status) {
    case "failed":
      return `failed: ${describeFailure(outcome.failure)}`
    case "cancelled":
      return `cancelled: ${describeCancel(outcome.reason)}`
    case "completed":
    case undefined:
      return message ?? "completed"
  }
}
