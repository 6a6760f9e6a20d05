import type { FrameSnapshot } from "../../frame.ts"
import { type Actor, taskIn } from "./actor.ts"

/** When a task waited and when it ran, in milliseconds since the epoch. What has no end yet goes on. */
export interface TaskTimes {
  readonly submittedAt: number
  /** The start of its latest attempt. */
  readonly startedAt: number | undefined
  readonly settledAt: number | undefined
}

export interface TimeSpan {
  readonly from: number
  readonly to: number
}

/** Undefined for what is no task, or one whose recording does not say when it was, or when it ended. */
export function timesOf(actor: Actor, snapshot: FrameSnapshot | undefined): TaskTimes | undefined {
  if (snapshot === undefined) return undefined
  const task = taskIn(snapshot, actor.name)
  const submittedAt = numberIn(task?.submittedAt)
  const startedAt = numberIn(task?.startedAt)
  const settledAt = numberIn(task?.settledAt)
  if (submittedAt === undefined || (snapshot.status === "stopped" && settledAt === undefined)) return undefined
  return { submittedAt, startedAt, settledAt }
}

function numberIn(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined
}

/** From the first submit to the last thing that is known, or to now, while something goes on. */
export function spanOf(all: readonly TaskTimes[], now: number): TimeSpan {
  let from = Infinity
  let last = -Infinity
  let goesOn = false
  for (const { submittedAt, startedAt, settledAt } of all) {
    from = Math.min(from, submittedAt)
    last = Math.max(last, submittedAt, startedAt ?? 0, settledAt ?? 0)
    if (settledAt === undefined) goesOn = true
  }
  // A supervisor may have a clock of its own, which is far from ours.
  const isOurs = goesOn && now >= last && now - last < dayMs
  return { from, to: Math.max(isOurs ? now : last, from + 1) }
}

const dayMs = 86_400_000
