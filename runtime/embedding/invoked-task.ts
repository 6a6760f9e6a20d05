import type { ActorLogic, Snapshot } from "xstate"
import type { TaskStateValue } from "../../machines/task/logic.ts"
import type { TaskSnapshot } from "../../machines/task/snapshot.ts"
import type { EventMap } from "../definition/definition.ts"
import type { RunOptions } from "../task/run-options.ts"

/**
 * The snapshot of an actor that `fromTask` makes. XState's `status` is "done" when the task has completed, with its output, and "error" when
 * it has failed or was cancelled, with the TaskFailedError or TaskCancelledError that `handle.result()` rejects with.
 */
export type InvokedTaskSnapshot<Output> = Snapshot<Output> & {
  /** 0..1, as the task's own. */
  readonly progress: number
  readonly message?: string | undefined
  /** The task's id: `supervisor.get(id)` has its handle. Undefined until it has been submitted. */
  readonly task: string | undefined
  /** The task was alive already, and somebody else's: stopping the actor lets it go on. */
  readonly isJoined: boolean
  /** The statechart's notation of the task's state: `{ running: "executing" }`, `"completed"`. */
  readonly value: TaskStateValue
  /** The task's own snapshot. Undefined until it has been submitted. */
  readonly context: TaskSnapshot<Output> | undefined
  readonly input: unknown
}

/** What an actor that `fromTask` makes can be sent. */
export type InvokedTaskEvent =
  /** Asks for the task's end, and stays to see it: `onError` gets the TaskCancelledError when the work has really stopped. */
  | { readonly type: "cancel"; readonly reason?: string }
  /** The task has a new snapshot: what the actor tells itself. */
  | { readonly type: "tasktor.changed"; readonly task: TaskSnapshot }

/** Actor logic that runs a task under a supervisor. */
export type InvokedTaskLogic<Output, Input> = ActorLogic<InvokedTaskSnapshot<Output>, InvokedTaskEvent, Input>

/** The argument tuple of a definition; may be left out where no argument is needed. */
export type InvokedTaskInput<Args extends readonly unknown[]> = [] extends Args
  ? Readonly<Args> | undefined
  : Readonly<Args>

/** How each run differs, or a function of the arguments that says so: for a key that depends on them. */
export type InvokedTaskOptions<Args extends readonly unknown[], Events extends EventMap, Output = unknown> =
  | RunOptions<Events, Output>
  | ((...args: Args) => RunOptions<Events, Output>)
