import type { AnyActorRef, InspectionEvent, Observer } from "xstate"
import type { ExecutorName, TaskKey, TaskSnapshot, TaskStatus } from "../../machines/task/snapshot.ts"
import type { TaskContext } from "../context/context.ts"
import type { BodyResult, EventMap, TaskCall, TaskDefinition } from "../definition/definition.ts"
import type { DurationInput } from "../definition/duration.ts"
import type { RateLimit, TaskSettings } from "../definition/settings.ts"
import type { Clock } from "../ports/clock.ts"
import type { TaskHistory } from "../history/history.ts"
import type { Executor } from "../ports/executor.ts"
import type { Store } from "../ports/store.ts"
import type { Pipeline } from "../pipeline/pipeline.ts"
import type { Schedules } from "../schedule/schedules.ts"
import type { PipelineHandle, TaskHandle } from "../task/handle.ts"
import type { CancelReceipt } from "../task/receipt.ts"
import type { RunOptions } from "../task/run-options.ts"
import type { TaskView } from "./view.ts"

/** One id, or all the living tasks that match every given field. */
export type TaskSelector =
  | string
  | { readonly key?: TaskKey; readonly tag?: string; readonly name?: string; readonly status?: TaskStatus }

/** Limits of one named line of pending tasks. */
export interface QueueOptions {
  /** Most bodies at work at once, of this queue: one that waits for a child does not count meanwhile. Default: no limit but the executor's. */
  readonly concurrency?: number
  /** Most starts in a time, of this queue. Default: no limit. */
  readonly rateLimit?: RateLimit
}

/** What `createSupervisor` is given. All of it may be left out. */
export interface SupervisorOptions {
  /** Slots of each executor: whole numbers, 1 or more, or `Infinity`. Default: coroutine without limit, all others one for each core. */
  readonly concurrency?: Readonly<Partial<Record<ExecutorName, number>>>
  /**
   * Limits of the named lines that tasks wait in (`queue`), by name. A line that is not named here has none; where others are named, a
   * task that uses it is warned of, unless it is "default".
   *
   * @example
   * const supervisor = createSupervisor({ queues: { crawl: { concurrency: 4, rateLimit: { limit: 10, per: "1 second" } } } })
   */
  readonly queues?: Readonly<Record<string, QueueOptions>>
  /** Defaults of the last resort for every task. */
  readonly defaults?: TaskSettings
  /** Further executors, or others in place of the preset's. */
  readonly executors?: readonly Executor[]
  /** How many settled tasks `get` still finds, at least: the latest ones. 0 or more, default 1000. */
  readonly history?: number
  /**
   * Where tasks outlive the program: `sqliteStore(path)` of `tasktor/sqlite`, or `memoryStore()`, which keeps their streams for as long as
   * the program runs. Default: none, tasks end with the program.
   */
  readonly store?: Store
  /** Reserved for the distributed engine; not supported yet. */
  readonly engine?: unknown
  /** Default: the system's. A test passes the simulated one of `tasktor/testing`. */
  readonly clock?: Clock
  /** Numbers in [0, 1) for the jitter of retries. Default `Math.random`. */
  readonly random?: () => number
  /** Every user callback goes through this; a GUI passes its own "on the main thread" function. */
  readonly dispatch?: (callback: () => void) => void
  /** What no task can be told: a callback that threw, a coroutine that had to be cut off. Default: the console. */
  readonly warn?: (message: string, cause?: unknown) => void
  /**
   * An XState inspection observer, a function or an object with `next`: the `inspect` of `tasktor/inspector`, or of the Stately inspector.
   * With one, every task is an actor from its first moment on.
   */
  readonly inspect?: Observer<InspectionEvent> | ((event: InspectionEvent) => void)
}

/** The task manager: it admits, starts, watches and ends tasks. */
export interface Supervisor extends TaskView {
  /** The supervisor's XState actor. Every task actor is its child in the same actor system. */
  readonly actor: AnyActorRef
  /**
   * Submits a task, and gives its handle at once. It starts when it has a slot, in a later microtask at the earliest. After `shutdown`
   * the task is cancelled at once as `shutdown`.
   *
   * @throws TypeError or RangeError for a call, a setting or an executor that cannot be used, naming it and its value. Nothing is
   * submitted then. What comes of the task is never thrown here: see `result` and `outcome`.
   * @example
   * const greet = defineTask({ name: "greet", run: async (ctx, name: string) => `Hello ${name}` })
   * const task = supervisor.run(greet("world"), { key: "greeter", timeout: { hard: "10 seconds" } })
   * console.log(await task.result())
   */
  run<Output>(pipeline: Pipeline<Output>, options?: RunOptions<EventMap, NoInfer<Output>>): PipelineHandle<Output>
  run<Output, Events extends EventMap>(
    call: TaskCall<Output, Events>,
    options?: RunOptions<Events, NoInfer<Output>>,
  ): TaskHandle<Output, Events>
  /** One of several calls: the handle of one of them. */
  run<Call extends TaskCall<unknown>>(
    call: Call,
    options?: RunOptions,
  ): Call extends Pipeline<infer Output>
    ? PipelineHandle<Output>
    : Call extends TaskCall<infer Output, infer Events>
      ? TaskHandle<Output, Events>
      : never
  /**
   * Runs a function as a coroutine, without a definition. In lists it has the function's own name, or else "coroutine".
   *
   * @throws TypeError or RangeError for a body, arguments or an option that cannot be used.
   * @example
   * const task = supervisor.addCoroutine(async (ctx, name: string) => `Hello ${name}`, ["world"], { key: "greeter" })
   */
  addCoroutine<Args extends readonly unknown[], Output>(
    body: (ctx: TaskContext, ...args: Args) => BodyResult<Output>,
    args: Args,
    options?: RunOptions<EventMap, NoInfer<Awaited<Output>>>,
  ): TaskHandle<Awaited<Output>>
  /**
   * Runs a definition in a thread, whatever executor it names: `run(task(...args).with({ executor: "thread" }), options)`. In a browser
   * that is a web worker.
   *
   * @throws TypeError or RangeError as `run` does, and for a definition without a `module`.
   * @example
   * const square = defineTask({ name: "square", module: import.meta.url, run: (ctx, n: number) => n * n })
   * const task = supervisor.runThread(square, [7])
   */
  runThread<Args extends readonly unknown[], Output, Events extends EventMap>(
    task: TaskDefinition<string, Args, Output, Events>,
    args: Args,
    options?: RunOptions<Events, NoInfer<Output>>,
  ): TaskHandle<Output, Events>
  /**
   * Runs a definition in a child process, whatever executor it names: as `runThread`. There is none in a browser.
   *
   * @throws TypeError or RangeError as `run` does, and for a definition without a `module`.
   */
  runProcess<Args extends readonly unknown[], Output, Events extends EventMap>(
    task: TaskDefinition<string, Args, Output, Events>,
    args: Args,
    options?: RunOptions<Events, NoInfer<Output>>,
  ): TaskHandle<Output, Events>
  /**
   * Cancels the living task that holds this key, and resolves when it has really ended; to "unknown" when nobody holds it.
   *
   * @param reason Stands in the outcome as `reason.message`.
   * @throws TypeError for what can be no key.
   */
  cancelTask(key: TaskKey, reason?: string): Promise<CancelReceipt>
  /**
   * Cancels the task with this id, settled or not, or all the living ones that match every given field; resolves when all of them have
   * really ended, with a receipt for each. An id that nobody knows gives `["unknown"]`, fields that nobody matches give `[]`.
   *
   * @param reason Stands in each outcome as `reason.message`.
   * @throws TypeError or RangeError for a selector without a field, or with one that cannot be used.
   * @example
   * const receipts = await supervisor.cancel({ tag: "import", status: "pending" }, "no longer needed")
   */
  cancel(selector: TaskSelector, reason?: string): Promise<readonly CancelReceipt[]>
  /**
   * The task with this id: living, or one of the latest that have settled (option `history`), or one that the store keeps.
   *
   * @throws TaskNotFoundError for an id that this supervisor does not know, or knows no more.
   */
  get(id: string): TaskHandle
  /** The living task that holds this key; undefined when there is none. */
  find(key: TaskKey): TaskHandle | undefined
  /** Calls back with the living tasks and the overall progress, as `subscribe` does. `connect` returns the unsubscriber. */
  readonly tasksUpdated: { connect(listener: (tasks: readonly TaskSnapshot[], progress: number) => void): () => void }
  /** Resolves to true when nothing is alive, hidden and still-stopping tasks included; to false when `timeout` (default: none) came first. */
  settled(options?: { readonly timeout?: DurationInput }): Promise<boolean>
  /**
   * Admit nothing, let the running finish for `drain` (default 0), then cancel, then kill after `grace` (default: each task's
   * own). No orphan is left behind. A second call may only shorten what the first one allows.
   *
   * With a store, what has not settled by then is cancelled here, and goes on in the next program: what waited waits, what ran has another
   * attempt. Rejects with StoreError where the last of it could not be written.
   */
  shutdown(options?: { readonly drain?: DurationInput; readonly grace?: DurationInput }): Promise<void>
  /** What the store keeps: searched, looked at as it was, and submitted again. */
  readonly history: TaskHistory
  /**
   * What is run at times: `cron`, `every`, `at`, `daily`, `weekly`, `monthly`. After `shutdown` nothing of it is run any more.
   *
   * @example
   * const backup = defineTask({ name: "backup", run: (ctx) => `of ${ctx.scheduledFor?.toISOString()}` })
   * supervisor.schedules.add("nightly", cron("0 2 * * *", { timeZone: "Europe/Paris" }), backup())
   */
  readonly schedules: Schedules
  /** Answers to an operator's questions. */
  readonly inspect: Inspect
  /** `shutdown()`, at the end of the block that says `await using`. */
  [Symbol.asyncDispose](): Promise<void>
}

/** Always complete: it asks the supervisor, never a broadcast that someone may miss. */
export interface Inspect {
  /** Running. */
  active(): readonly TaskSnapshot[]
  /** Waiting for an instant: delayed, or in backoff. */
  scheduled(): readonly TaskSnapshot[]
  /** Queued: waiting for a slot, a key or a check of its input. */
  reserved(): readonly TaskSnapshot[]
  /** Names of all definitions that this program has made. */
  registered(): readonly string[]
  /** Numbers of the supervisor, its queues and its executors. */
  stats(): Readonly<Record<string, unknown>>
}
