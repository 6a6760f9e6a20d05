import type { CancelReason, Outcome, TaskFailure } from "./outcome.ts"

/** The five lifecycle states. The last three are final: nothing ever leaves them. */
export type TaskStatus = "pending" | "running" | "completed" | "failed" | "cancelled"

/** Where inside a state the task is: `queued` waits for a slot, `delayed` for an instant, `backoff` for a retry. */
export type TaskPhase = "queued" | "delayed" | "backoff" | "executing" | "cancelling" | "settled"

/**
 * Where bodies run. In Node there are `coroutine`, `thread` and `process`; in a browser `coroutine` and `web-worker`, which is called
 * `thread` as well. An executor of one's own adds its name.
 */
export type ExecutorName = "coroutine" | "thread" | "process" | "web-worker" | (string & {})

/** Structural: `["machine", 7]` equals another `["machine", 7]`. */
export type TaskKey = string | number | readonly (string | number)[]

/** What a task comes of that no caller has submitted. `slot` is the planned instant, in milliseconds since the epoch. */
export type TaskOrigin =
  | { readonly type: "schedule"; readonly schedule: string; readonly slot: number }
  /** With the slot that the old one was for, if it was for one. */
  | { readonly type: "resubmission"; readonly of: string; readonly slot?: number | undefined }

/**
 * All that is known of a task at one moment: the machine context of its actor. Immutable; a change makes a new one.
 * Instants are milliseconds since the epoch.
 */
export interface TaskSnapshot<Output = unknown> {
  readonly id: string
  /** What the run was given as `key`; otherwise the id. */
  readonly key: TaskKey
  readonly name: string
  readonly executor: ExecutorName
  readonly status: TaskStatus
  readonly phase: TaskPhase
  /** 0..1; never goes back within an attempt; exactly 1 when completed. */
  readonly progress: number
  readonly message?: string | undefined
  /** Attempts begun so far: 0 while the first one waits. */
  readonly attempt: number
  readonly cancelRequested: boolean
  /** Set from the cancel request on. */
  readonly cancelReason?: CancelReason | undefined
  /** The failure of each attempt that has failed, oldest first. */
  readonly failures: readonly TaskFailure[]
  readonly outcome?: Outcome<Output> | undefined
  /** When a delayed task, or the next attempt of one in backoff, may start. */
  readonly nextAttemptAt?: number | undefined
  readonly submittedAt: number
  /** Start of the latest attempt. */
  readonly startedAt?: number | undefined
  readonly settledAt?: number | undefined
  readonly parent?: string | undefined
  /** Where it comes from, if not from a caller or a parent. */
  readonly origin?: TaskOrigin | undefined
  readonly tags: readonly string[]
  readonly visible: boolean
  /** Grows by one with each change of this task, its events and log lines included. */
  readonly sequence: number
}

/** What a task is born with. */
export interface TaskBirth {
  readonly id: string
  readonly key: TaskKey
  readonly name: string
  readonly executor: ExecutorName
  readonly submittedAt: number
  /** Present: the task is born `delayed` until that instant. */
  readonly notBefore?: number | undefined
  readonly parent?: string | undefined
  readonly origin?: TaskOrigin | undefined
  readonly tags: readonly string[]
  readonly visible: boolean
}

const none: readonly never[] = Object.freeze([])

/** The first snapshot of a task: `pending`, `queued` or `delayed`. */
export function newborn(birth: TaskBirth): TaskSnapshot {
  return {
    id: birth.id,
    key: birth.key,
    name: birth.name,
    executor: birth.executor,
    status: "pending",
    phase: birth.notBefore === undefined ? "queued" : "delayed",
    progress: 0,
    message: undefined,
    attempt: 0,
    cancelRequested: false,
    cancelReason: undefined,
    failures: none,
    outcome: undefined,
    nextAttemptAt: birth.notBefore,
    submittedAt: birth.submittedAt,
    startedAt: undefined,
    settledAt: undefined,
    parent: birth.parent,
    origin: birth.origin,
    tags: birth.tags,
    visible: birth.visible,
    sequence: 0,
  }
}

/** True for a task that nothing can change any more. */
export function isSettled(snapshot: TaskSnapshot): boolean {
  return snapshot.outcome !== undefined
}
