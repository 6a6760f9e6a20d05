import type { RetryPlan } from "./plan.ts"

/**
 * The wait after the `failed`-th failed attempt (counted from 1), in milliseconds: never longer than the plan's `maxDelayMs`.
 * Source of the jitter: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
 *
 * @param random A number in [0, 1).
 */
export function backoffMs(plan: RetryPlan, failed: number, random: number): number {
  const wait = Math.min(plan.maxDelayMs, grown(plan, failed))
  switch (plan.jitter) {
    case "none":
      return wait
    case "full":
      return wait * random
    case "equal":
      return wait / 2 + (wait / 2) * random
  }
}

function grown({ backoff, delayMs }: RetryPlan, failed: number): number {
  switch (backoff) {
    case "constant":
      return delayMs
    case "linear":
      return delayMs * failed
    case "exponential":
      // 2^1023 is the largest power of two that is a number.
      return delayMs * 2 ** Math.min(failed - 1, 1023)
  }
}
