import type { TaskFailure } from "../../machines/task/outcome.ts"
import type { ExecutorName } from "../../machines/task/snapshot.ts"
import type { DurationInput } from "./duration.ts"

/** When there is another attempt, and how long it waits. */
export interface RetryPolicy {
  /** Counts the first attempt: a whole number, 1 or more. Without `retry` it is 1, with a store 3. */
  readonly maxAttempts: number
  /** The wait before the second attempt. Default "1 second". */
  readonly delay?: DurationInput | undefined
  /**
   * How the wait grows with the number n of failed attempts: `constant` delay, `linear` delay × n, `exponential`
   * delay × 2^(n-1). Default "exponential".
   */
  readonly backoff?: "constant" | "linear" | "exponential" | undefined
  /** No wait is longer. Default "10 minutes". */
  readonly maxDelay?: DurationInput | undefined
  /**
   * The random spread: `none`, `full` takes anything between 0 and the wait, `equal` between its half and all of it.
   * Default "full". Source: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
   */
  readonly jitter?: "none" | "full" | "equal" | undefined
  /**
   * Which failures are worth another attempt. Default: all. Not asked about `validation` and about what kept the body from beginning, for
   * which there never is one.
   */
  readonly when?: ((failure: TaskFailure) => boolean) | undefined
}

/**
 * At most `limit` starts in each `per`, spread evenly: one each `per / limit`. `burst` (default 1) is how many may start at
 * once after a pause. A waiting task holds no slot.
 */
export interface RateLimit {
  readonly limit: number
  readonly per: DurationInput
  readonly burst?: number | undefined
}

/**
 * How a task runs. A run's own settings win over the call's, the call's over the definition's, the definition's over the
 * supervisor's `defaults`, name by name; one that is `undefined` is not given.
 */
export interface TaskSettings {
  /** Default "coroutine". */
  readonly executor?: ExecutorName | undefined
  /** The named line that the task waits in, with limits of its own (`createSupervisor({ queues })`). Default "default". */
  readonly queue?: string | undefined
  /** Higher runs first; first come, first served among equals. Any finite number, default 0. */
  readonly priority?: number | undefined
  /** When there is another attempt. Default: one attempt, and no other; three where the supervisor has a store. */
  readonly retry?: RetryPolicy | undefined
  /**
   * What becomes of an attempt that ended with its program, where the supervisor has a store. `at-least-once` makes another one, while
   * `retry` has any left; `at-most-once` fails the task as `lost`, because its body may have done its work. Default "at-least-once".
   */
  readonly delivery?: "at-least-once" | "at-most-once" | undefined
  /**
   * `soft` aborts `ctx.signal` and lets the body return; `hard` terminates. Time counts from the start of an attempt, never
   * while it is queued. `soft` must be shorter than `hard`. Default: none.
   */
  readonly timeout?:
    | { readonly soft?: DurationInput | undefined; readonly hard?: DurationInput | undefined }
    | undefined
  /** The instant by which the whole task must be settled, waiting and retries included. A duration counts from the submit. */
  readonly deadline?: DurationInput | Date | undefined
  /** Never started later than this: cancelled as `expired`. A duration counts from the submit. */
  readonly expires?: DurationInput | Date | undefined
  /** Not started before this. A duration counts from the submit. */
  readonly delay?: DurationInput | Date | undefined
  /** Time between the abort and the kill. Default "2 seconds". */
  readonly grace?: DurationInput | undefined
  /** Most running at once, of this definition: a whole number, 1 or more. */
  readonly concurrency?: number | undefined
  /** Most starts in a time, of this definition. */
  readonly rateLimit?: RateLimit | undefined
  /** Words that `cancel({ tag })` finds the task by; they stand in its snapshots and facts. Default: none. */
  readonly tags?: readonly string[] | undefined
  /** As a child or a step: how much of its parent's progress it moves, beside the others. 0 or more, default 1. */
  readonly weight?: number | undefined
  /** `false` keeps the task out of `tasks`, `counts` and `progress`; events, cancellation and `settled()` still cover it. Default true. */
  readonly visible?: boolean | undefined
  /** The first half of the name `group__id` that the facts of the task's own events carry as `channel`. Default: they carry none. */
  readonly publish?: string | undefined
}
