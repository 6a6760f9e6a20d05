import type { Effect } from "effect/Effect"
import type { TaskFailure } from "../../machines/task/outcome.ts"
import type { ExecutorName } from "../../machines/task/snapshot.ts"
import type { BodyInfo, BodyLink } from "../context/link.ts"
import type { AnyTaskDefinition } from "../definition/definition.ts"
import type { Clock } from "./clock.ts"

/**
 * Where bodies run. The runtime knows nothing else about it.
 *
 * There are two ways to end an attempt, and the runtime's clock decides between them:
 * - **abort** (`attempt.onAbort`) asks. An attempt whose body has not begun is taken back: its effect ends by interruption and
 *   the body never runs. A body that has begun sees `ctx.signal` and `ctx.isCancelled()`, and may still return.
 * - **interruption** of the effect's fiber ends it by force, when the grace period or a hard timeout is over: the thread is
 *   terminated, the process group killed. The fiber's exit comes only when the work has really stopped.
 */
export interface Executor {
  readonly name: ExecutorName
  /** Slots, where the supervisor's `concurrency` does not say. */
  readonly defaultConcurrency: number
  /** What interruption does to a body that has begun: kills its worker, or, where nothing can be killed, only cuts it off. */
  readonly force: "terminates" | "abandons"
  /** Called once, before anything else. Starts nothing: workers are started when they are needed. */
  open(host: ExecutorHost): void
  /** Throws a TypeError, with the remedy, when this definition cannot run here. Called at submit. */
  check?(definition: AnyTaskDefinition): void
  /**
   * How many attempts beyond its slots it wants in hand now, so that no worker waits for the next one, if that is of this rank.
   * One that takes them begins those of a higher rank first. Default 0.
   * `attempt.started()` is what makes a task `running`; until then a prefetched attempt can be taken back.
   */
  prefetch?(rank: number): number
  /** Runs one attempt. Fails with the typed failure; ends by interruption when it was aborted before it began. */
  execute(attempt: Attempt): Effect<unknown, TaskFailure>
  /** The attempt waits for a child task (`true`) and gives up its slot, or has it back (`false`). */
  lend?(attempt: Attempt, waiting: boolean): void
  /** Terminates what is left, at once, and resolves when no worker of it is alive. */
  close(): Promise<void>
  /** Numbers for `supervisor.inspect.stats()`. */
  stats?(): Readonly<Record<string, unknown>>
}

/** What the supervisor offers to its executors. */
export interface ExecutorHost {
  readonly clock: Clock
  readonly concurrency: number
  /** There may be room for another attempt (or a change of `prefetch()`): the supervisor admits what it can, in a later microtask. */
  ready(): void
  /** Tasks that wait: for a slot of whichever executor, for a key, for an instant. */
  pending(): number
  /** Something that an operator should know and no task can be told. */
  warn(message: string, cause?: unknown): void
}

/** Why an attempt is aborted. */
export type AbortCause = "cancel" | "soft-timeout" | "hard-timeout" | "deadline"

/** One execution of a task's body, as the executor sees it. */
export interface Attempt extends BodyInfo {
  readonly definition: AnyTaskDefinition
  readonly args: readonly unknown[]
  /** Higher ones begin first; first come, first served among equals. */
  readonly rank: number
  /** What the body does through its context arrives here. After the attempt's end it has no effect. */
  readonly link: BodyLink
  /** The body begins now. Called exactly once, before anything else arrives at `link`; not at all if it never begins. */
  started(): void
  /** The body called `ctx.retry()`: followed by the failure of the effect. */
  retryRequested(afterMs: number | undefined): void
  /** Its arguments have been moved into a worker: there is nothing left to run again. */
  inputMoved(): void
  /** A timer on the supervisor's clock. Returns its end. */
  timer(ms: number, callback: () => void): () => void
  readonly abortCause: AbortCause | undefined
  /** One listener; called at once when the attempt is already aborted. */
  onAbort(listener: (cause: AbortCause) => void): void
}
