import { type DurationInput, durationMs } from "../../../runtime/definition/duration.ts"
import { show } from "../../../runtime/failure/show.ts"

/** How long settled tasks of one kind are kept: what is over either limit is forgotten. */
export interface RetentionLimits {
  /** So many of them, those that settled last: a whole number, 0 or more, or `Infinity`. */
  readonly count?: number
  /** So long after they have settled: milliseconds or a text such as "7 days", or `Infinity`. */
  readonly age?: DurationInput
}

/**
 * How long settled tasks are kept, by how they ended. What is below a task (its children, its steps) counts with it, and goes with it;
 * what lives is never forgotten, nor is anything below it.
 *
 * @example
 * const store = memoryStore({ retention: { completed: { count: 500 }, failed: { count: Infinity, age: "90 days" } } })
 */
export interface Retention {
  /** Default: 10,000 and 7 days. */
  readonly completed?: RetentionLimits
  /** Default: 10,000 and 30 days: apart from the others, because a failure is looked for later and among more. */
  readonly failed?: RetentionLimits
  /** Default: 10,000 and 7 days. */
  readonly cancelled?: RetentionLimits
}

export type SettledStatus = "completed" | "failed" | "cancelled"

export const settledStatuses: readonly SettledStatus[] = ["completed", "failed", "cancelled"]

interface Limits {
  readonly count: number
  readonly ageMs: number
}

export type RetentionPlan = Readonly<Record<SettledStatus, Limits>>

const defaults = {
  completed: { count: 10_000, age: "7 days" },
  failed: { count: 10_000, age: "30 days" },
  cancelled: { count: 10_000, age: "7 days" },
} as const

/** @throws TypeError or RangeError that names the option, its value and the remedy. */
export function retentionPlan(retention: Retention | undefined, action: string): RetentionPlan {
  if (retention !== undefined && (typeof retention !== "object" || retention === null)) {
    throw new TypeError(`${action}: "retention" must be an object, current value is ${show(retention)}`)
  }
  const limitsOf = (status: SettledStatus): Limits => {
    const what = `retention.${status}`
    const given: unknown = retention?.[status] ?? {}
    if (typeof given !== "object") {
      throw new TypeError(`${action}: "${what}" must be an object, current value is ${show(given)}`)
    }
    const { count, age } = { ...defaults[status], ...(given as RetentionLimits) }
    if (count !== Infinity && !(Number.isInteger(count) && count >= 0)) {
      throw new RangeError(
        `${action}: "${what}.count" must be a whole number, 0 or more, or Infinity, current value is ${show(count)}`,
      )
    }
    return { count, ageMs: durationMs(age, `"${what}.age"`) }
  }
  return { completed: limitsOf("completed"), failed: limitsOf("failed"), cancelled: limitsOf("cancelled") }
}

/** Often enough for the shortest age, and for counts: a busy program settles some 10,000 tasks in a second. */
export function sweepPeriod(plan: RetentionPlan): number {
  const shortest = Math.min(...settledStatuses.map((status) => plan[status].ageMs))
  return Math.min(10_000, Math.max(1000, shortest / 4))
}
