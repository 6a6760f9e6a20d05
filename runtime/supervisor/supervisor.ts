import type { AnyActorRef, InspectionEvent } from "xstate"
import type { ExecutorName, TaskKey, TaskSnapshot, TaskStatus } from "../../machines/task/snapshot.ts"
import type { TaskContext } from "../context/context.ts"
import type { BodyResult, EventMap, TaskCall, TaskDefinition } from "../definition/definition.ts"
import type { DurationInput } from "../definition/duration.ts"
import type { RateLimit, TaskSettings } from "../definition/settings.ts"
import type { Clock } from "../ports/clock.ts"
import type { Executor } from "../ports/executor.ts"
import type { TaskHandle } from "../task/handle.ts"
import type { CancelReceipt } from "../task/receipt.ts"
import type { RunOptions } from "../task/run-options.ts"
import type { TaskView } from "./view.ts"

/** One id, or all the living tasks that match every given field. */
export type TaskSelector =
  | string
  | { readonly key?: TaskKey; readonly tag?: string; readonly name?: string; readonly status?: TaskStatus }

/** Limits of one named line of pending tasks. */
export interface QueueOptions {
  /** Most running at once, of this queue. Default: no limit but the executor's. */
  readonly concurrency?: number
  readonly rateLimit?: RateLimit
}

export interface SupervisorOptions {
  /** Slots of each executor. Default: coroutine without limit, thread and process one for each core. */
  readonly concurrency?: Readonly<Partial<Record<ExecutorName, number>>>
  readonly queues?: Readonly<Record<string, QueueOptions>>
  /** Defaults of the last resort for every task. */
  readonly defaults?: TaskSettings
  /** Further executors, or others in place of the preset's. */
  readonly executors?: readonly Executor[]
  /** How many settled tasks `get` still finds, the latest ones. Default 1000. */
  readonly history?: number
  /** Reserved for the durable store; not supported yet. */
  readonly store?: unknown
  /** Reserved for the distributed engine; not supported yet. */
  readonly engine?: unknown
  /** Default: the system's. A test passes the simulated one of `tasktor/testing`. */
  readonly clock?: Clock
  /** Numbers in [0, 1) for the jitter of retries. Default `Math.random`. */
  readonly random?: () => number
  /** Every user callback goes through this; a GUI passes its own "on the main thread" function. */
  readonly dispatch?: (callback: () => void) => void
  /** What no task can be told: a callback that threw, a coroutine that had to be cut off. Default: `console.warn`. */
  readonly warn?: (message: string, cause?: unknown) => void
  /** An XState inspection observer: the Stately inspector's `inspect`, or the offline one of tasktor. */
  readonly inspect?: (event: InspectionEvent) => void
}

/** The task manager: it admits, starts, watches and ends tasks. */
export interface Supervisor extends TaskView {
  /** The supervisor's XState actor. Every task actor is its child in the same actor system. */
  readonly actor: AnyActorRef
  run<Output, Events extends EventMap>(
    call: TaskCall<Output, Events>,
    options?: RunOptions<Events>,
  ): TaskHandle<Output, Events>
  /** Runs a function as a coroutine, without a definition. */
  addCoroutine<Args extends readonly unknown[], Output>(
    body: (ctx: TaskContext, ...args: Args) => BodyResult<Output>,
    args: Args,
    options?: RunOptions,
  ): TaskHandle<Awaited<Output>>
  runThread<Args extends readonly unknown[], Output, Events extends EventMap>(
    task: TaskDefinition<string, Args, Output, Events>,
    args: Args,
    options?: RunOptions<Events>,
  ): TaskHandle<Output, Events>
  runProcess<Args extends readonly unknown[], Output, Events extends EventMap>(
    task: TaskDefinition<string, Args, Output, Events>,
    args: Args,
    options?: RunOptions<Events>,
  ): TaskHandle<Output, Events>
  cancelTask(key: TaskKey, reason?: string): Promise<CancelReceipt>
  cancel(selector: TaskSelector, reason?: string): Promise<readonly CancelReceipt[]>
  /** By id. Throws TaskNotFoundError; `find` returns undefined instead. */
  get(id: string): TaskHandle
  /** The living task that holds this key. */
  find(key: TaskKey): TaskHandle | undefined
  /** The seeds' signal. */
  readonly tasksUpdated: { connect(listener: (tasks: readonly TaskSnapshot[], progress: number) => void): () => void }
  /** True when nothing is alive, hidden and still-stopping tasks included; false when `timeout` came first. */
  settled(options?: { readonly timeout?: DurationInput }): Promise<boolean>
  /**
   * Admit nothing, let the running finish for `drain` (default 0), then cancel, then kill after `grace` (default: each task's
   * own). No orphan is left behind. A second call may only shorten what the first one allows.
   */
  shutdown(options?: { readonly drain?: DurationInput; readonly grace?: DurationInput }): Promise<void>
  readonly inspect: Inspect
  [Symbol.asyncDispose](): Promise<void>
}

/** Always complete: it asks the supervisor, never a broadcast that someone may miss. */
export interface Inspect {
  /** Running. */
  active(): readonly TaskSnapshot[]
  /** Waiting for an instant: delayed, or in backoff. */
  scheduled(): readonly TaskSnapshot[]
  /** Waiting for a slot. */
  reserved(): readonly TaskSnapshot[]
  /** Names of all definitions that this program has made. */
  registered(): readonly string[]
  /** Numbers of the supervisor, its queues and its executors. */
  stats(): Readonly<Record<string, unknown>>
}
