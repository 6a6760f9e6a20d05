import type { CancelReason, TaskFailure } from "./outcome.ts"

export type LogLevel = "debug" | "info" | "warn" | "error"

/** All that can happen to a task. `at` is an instant in milliseconds since the epoch. */
export type TaskEvent =
  /** The instant that a delayed task, or a retry, waited for has come. */
  | { readonly type: "due" }
  /** An attempt's body begins. */
  | { readonly type: "start"; readonly at: number }
  /** The body's latest progress (0..1) and message. */
  | {
      readonly type: "report"
      readonly progress: number
      readonly message: string | undefined
      /** It only lets the snapshot keep up with an event of the body's: nobody needs to be told of it now. */
      readonly quiet?: boolean
    }
  /** An event of the body's own. */
  | {
      readonly type: "emit"
      readonly name: string
      readonly data: unknown
      /** Told what became of it: true when all listeners have handled it; undefined when there are none. */
      readonly delivered?: ((handled: Promise<boolean> | undefined) => void) | undefined
    }
  /** A log line of the body's. */
  | { readonly type: "log"; readonly level: LogLevel; readonly data: readonly unknown[] }
  /** A person, a parent or the supervisor asks for the end. */
  | { readonly type: "cancel"; readonly reason: CancelReason; readonly at: number }
  | { readonly type: "complete"; readonly output: unknown; readonly at: number }
  /** The attempt failed; with `retryAt` there will be another one. */
  | { readonly type: "fail"; readonly failure: TaskFailure; readonly at: number; readonly retryAt?: number | undefined }
  /** The work of a cancelled task has really stopped. */
  | { readonly type: "stop"; readonly at: number }
