import type { LogLevel } from "../../machines/task/events.ts"
import type { Outcome, TaskFailure } from "../../machines/task/outcome.ts"
import type { ExecutorName, TaskKey, TaskOrigin, TaskPhase, TaskStatus } from "../../machines/task/snapshot.ts"

/** Where and when a fact of the ordered stream happened. */
export interface TaskFactOrigin {
  readonly task: string
  readonly name: string
  /** The task's own count; for one task, facts come in its order, without a gap but for coalesced reports. */
  readonly sequence: number
  /** Milliseconds since the epoch. */
  readonly at: number
}

/**
 * One fact of a task's ordered stream: all that happens to it, from its submission to its outcome, after which comes nothing.
 * The terminal view, `tasktor run --json` and whatever else looks on are fed from these and from snapshots alone.
 */
export type TaskFact = TaskFactOrigin &
  (
    | {
        readonly type: "submitted"
        readonly key: TaskKey
        readonly executor: ExecutorName
        readonly phase: TaskPhase
        /** Born delayed: until then. */
        readonly nextAttemptAt?: number | undefined
        readonly parent?: string | undefined
        /** Of a schedule, for one. */
        readonly origin?: TaskOrigin | undefined
        readonly tags: readonly string[]
        readonly visible: boolean
      }
    | {
        readonly type: "state"
        readonly status: TaskStatus
        readonly phase: TaskPhase
        readonly attempt: number
        /** In backoff: what the last attempt failed of. */
        readonly failure?: TaskFailure | undefined
        readonly nextAttemptAt?: number | undefined
      }
    | { readonly type: "report"; readonly progress: number; readonly message?: string | undefined }
    | { readonly type: "event"; readonly event: string; readonly data: unknown; readonly channel?: string | undefined }
    | { readonly type: "log"; readonly level: LogLevel; readonly data: readonly unknown[] }
    | { readonly type: "outcome"; readonly outcome: Outcome<unknown> }
  )
