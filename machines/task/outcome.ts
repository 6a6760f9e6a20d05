/** How a task ends, and why. A closed vocabulary: every ending is one of these. */

/** Why a task was cancelled. The first cause wins and is recorded once. */
export type CancelReason =
  | { readonly type: "requested"; readonly message?: string }
  | { readonly type: "replaced"; readonly by: string }
  | { readonly type: "parent"; readonly parent: string }
  | { readonly type: "expired" }
  | { readonly type: "skipped"; readonly because: string }
  | { readonly type: "shutdown" }

/**
 * Why a task, or one attempt of it, failed.
 *
 * - `error`: the body threw; `error` is the body's own error, also from another thread or process.
 * - `timeout`: `soft` and `hard` count from the start of the attempt, `deadline` covers the whole task; `afterMs` is the
 *   limit in milliseconds.
 * - `crash`: the worker died under the body.
 * - `serialization`: a value cannot cross to or from the worker; `path` leads to it (`args[0].callback`). On its way in: never retried.
 * - `validation`: the definition's schema refused the arguments or the output. Never retried.
 * - `setup`: the worker could not be made ready: its module, its export or its set-up module is at fault. Never retried.
 * - `lost`: the program, or the node, that ran the task is gone, and it is not tried again.
 */
export type TaskFailure =
  | { readonly type: "error"; readonly error: Error }
  | { readonly type: "timeout"; readonly limit: "soft" | "hard" | "deadline"; readonly afterMs: number }
  | { readonly type: "crash"; readonly exitCode?: number; readonly signal?: string; readonly outOfMemory?: boolean }
  | { readonly type: "serialization"; readonly side: "input" | "output"; readonly path?: string }
  | { readonly type: "validation"; readonly side: "input" | "output"; readonly issues: readonly string[] }
  | { readonly type: "setup"; readonly error: Error }
  | { readonly type: "lost"; readonly node?: string }

/** The discriminated end of any task. `attempts` holds the failure of every attempt, the last one included. */
export type Outcome<Output> =
  | { readonly status: "completed"; readonly output: Output }
  | { readonly status: "failed"; readonly failure: TaskFailure; readonly attempts: readonly TaskFailure[] }
  | { readonly status: "cancelled"; readonly reason: CancelReason }
