import type { ExecutorName, TaskSnapshot } from "../../machines/task/snapshot.ts"
import { durationMs, type DurationInput } from "../definition/duration.ts"
import type { RateLimit, RetryPolicy, TaskSettings } from "../definition/settings.ts"

/** Settings with every default filled in and every duration in milliseconds. Shared by all runs with the same settings. */
export interface TaskPlan {
  readonly executor: ExecutorName
  readonly queue: string
  readonly priority: number
  readonly retry: RetryPlan
  readonly isOnceAtMost: boolean
  readonly softMs: number | undefined
  readonly hardMs: number | undefined
  readonly deadline: DurationInput | Date | undefined
  readonly expires: DurationInput | Date | undefined
  readonly delay: DurationInput | Date | undefined
  readonly graceMs: number
  readonly concurrency: number
  readonly rateLimit: RateLimit | undefined
  readonly tags: TaskSnapshot["tags"]
  readonly visible: boolean
  readonly publish: string | undefined
}

export interface RetryPlan {
  readonly maxAttempts: number
  readonly delayMs: number
  readonly backoff: NonNullable<RetryPolicy["backoff"]>
  readonly maxDelayMs: number
  readonly jitter: NonNullable<RetryPolicy["jitter"]>
  readonly when: RetryPolicy["when"]
}

const noTags: readonly string[] = Object.freeze([])

/** The plan of settings that have been checked. */
export function planOf(settings: TaskSettings): TaskPlan {
  const { timeout, tags } = settings
  return {
    executor: settings.executor ?? "coroutine",
    queue: settings.queue ?? "default",
    priority: settings.priority ?? 0,
    retry: retryPlanOf(settings.retry),
    isOnceAtMost: settings.delivery === "at-most-once",
    softMs: timeout?.soft === undefined ? undefined : durationMs(timeout.soft, '"timeout.soft"'),
    hardMs: timeout?.hard === undefined ? undefined : durationMs(timeout.hard, '"timeout.hard"'),
    deadline: settings.deadline,
    expires: settings.expires,
    delay: settings.delay,
    graceMs: durationMs(settings.grace ?? 2000, '"grace"'),
    concurrency: settings.concurrency ?? Number.POSITIVE_INFINITY,
    rateLimit: settings.rateLimit,
    tags: tags === undefined || tags.length === 0 ? noTags : Object.freeze([...tags]),
    visible: settings.visible ?? true,
    publish: settings.publish,
  }
}

function retryPlanOf(retry: RetryPolicy = { maxAttempts: 1 }): RetryPlan {
  return {
    maxAttempts: retry.maxAttempts,
    delayMs: durationMs(retry.delay ?? 1000, '"retry.delay"'),
    backoff: retry.backoff ?? "exponential",
    maxDelayMs: durationMs(retry.maxDelay ?? 600_000, '"retry.maxDelay"'),
    jitter: retry.jitter ?? "full",
    when: retry.when,
  }
}
