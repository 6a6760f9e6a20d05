import type { ActorRef, Snapshot } from "xstate"
import type { PipelineActor } from "../../machines/pipeline/machine.ts"
import type { Outcome } from "../../machines/task/outcome.ts"
import type { TaskKey, TaskPhase, TaskSnapshot, TaskStatus } from "../../machines/task/snapshot.ts"
import type { EventMap } from "../definition/definition.ts"
import type { DurationInput } from "../definition/duration.ts"
import type { CancelReceipt } from "./receipt.ts"

/** `value` is the statechart's: `{ running: "executing" }`, `"completed"`. */
export type TaskActorSnapshot<Output> = Snapshot<Outcome<Output>> & {
  readonly value: TaskStatus | Partial<Record<TaskStatus, TaskPhase>>
  readonly context: TaskSnapshot<Output>
}

/** One submitted task, for the one who submitted it. */
export interface TaskHandle<Output = unknown, Events extends EventMap = EventMap> {
  /** Given by the supervisor, and never again to another task. `supervisor.get` finds it by this. */
  readonly id: string
  /** What the run was given as `key`; otherwise the id. */
  readonly key: TaskKey
  /**
   * The task's XState actor: `useSelector(handle.actor, (s) => s.context.progress)`, `waitFor(handle.actor, …)`, the inspector.
   * It ends with XState status "done" and the outcome as its output, whatever the outcome is.
   */
  // oxlint-disable-next-line typescript/no-explicit-any -- the events are the supervisor's own; the contract leaves them open
  readonly actor: ActorRef<TaskActorSnapshot<Output>, any, any>
  /**
   * For a pipeline: the actor of its own machine, whose `value` is the present step. It ends with the task, in the state of that name.
   * Undefined for any other task.
   */
  readonly pipeline: PipelineActor | undefined
  /** All that is known of the task now. Immutable: a change makes another one. */
  readonly snapshot: TaskSnapshot<Output>
  /**
   * The output. Rejects with TaskFailedError or TaskCancelledError, and with TaskTimeoutError when `timeout` comes first (the
   * task goes on). A result of `undefined` is a result.
   */
  result(options?: { readonly timeout?: DurationInput }): Promise<Output>
  /** Never rejects. */
  outcome(): Promise<Outcome<Output>>
  /**
   * Resolves when all that has happened to the task until now is in the supervisor's store, its submission above all; at once where there
   * is none. Rejects with a StoreError where it never will be: the supervisor was shutting down when the task came, or has ended while its store could
   * not be written to. Outcomes and receipts are told after they are kept.
   *
   * @example
   * const task = supervisor.addCoroutine(() => "accepted", [])
   * await task.persisted() // now it may be promised to somebody
   */
  persisted(): Promise<void>
  /** Resolves when the task has really ended. */
  cancel(reason?: string): Promise<CancelReceipt>
  /** Called with each new snapshot; progress and messages at most 30 times a second, the last one always. Returns the unsubscriber. */
  subscribe(listener: (snapshot: TaskSnapshot<Output>) => void): () => void
  /** Called with each event of that name, from now on. A promise that it returns is waited for by `ctx.sendEventAndWait`. */
  on<Name extends keyof Events & string>(name: Name, listener: (data: Events[Name]) => unknown): () => void
}

/** A submitted pipeline, for the one who submitted it. */
export interface PipelineHandle<Output = unknown> extends TaskHandle<Output> {
  readonly pipeline: PipelineActor
}

/** What a body sees of a child task, wherever the body runs. */
export type ChildHandle<Output = unknown, Events extends EventMap = EventMap> = Pick<
  TaskHandle<Output, Events>,
  "id" | "result" | "outcome" | "cancel" | "on"
>
