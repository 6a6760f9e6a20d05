import type { EventMap, TaskCall } from "../definition/definition.ts"
import type { DurationInput } from "../definition/duration.ts"
import type { ChildHandle } from "../task/handle.ts"
import type { RunOptions } from "../task/run-options.ts"
import type { TaskKey } from "../../machines/task/snapshot.ts"

/** What a body is given: the same object, with the same behaviour, in a coroutine, a thread, a child process and a browser worker. */
export interface TaskContext<Events extends EventMap = EventMap> {
  /** The task's, the same in all its attempts. */
  readonly id: string
  /** What the run was given as `key`; otherwise the id. */
  readonly key: TaskKey
  /** Counted from 1. */
  readonly attempt: number
  /**
   * The planned instant, also in the steps and children of what a schedule has started, and in what is submitted again; undefined for a run that
   * no schedule started.
   */
  readonly scheduledFor?: Date
  /** Aborted by a cancel and by a soft timeout. */
  readonly signal: AbortSignal
  /** True from the abort on, for ever; cheap enough for every turn of a synchronous loop, in every executor. */
  isCancelled(): boolean
  /** Throws `signal.reason`, an `AbortError`, from the abort on. */
  throwIfCancelled(): void
  /**
   * Runs when the task is aborted (cancelled or out of time), before it ends; messages sent from it still arrive. Several run
   * one after another, the last one first. One that is registered after the abort runs as well. A throw in it is logged, and a promise
   * that it returns is waited for.
   */
  onCancel(cleanup: () => unknown): void
  /** Most that `setProgress` will be given; zero, negative or NaN means 1. Default 1. */
  setTotal(total: number): void
  /** Clamped into 0..total. Any rate: it is coalesced, and never floods the supervisor. */
  setProgress(value: number): void
  /** The latest message wins. */
  setMessage(message: string): void
  /**
   * A context that owns the slice [base, base + range] of this one's progress; both are in 0..1. Nests. `base` defaults to 0,
   * `total` to 1. With `label`, its messages read "label: message".
   *
   * @example
   * const scan = ctx.subContext({ base: 0.1, range: 0.8, total: 200, label: "scan" })
   * scan.setProgress(3)
   */
  subContext(options: {
    readonly base?: number
    readonly range: number
    readonly total?: number
    readonly label?: string
  }): TaskContext<Events>
  /** Ordered, never dropped silently, never delivered after the task has settled. */
  sendEvent<Name extends keyof Events & string>(name: Name, data: Events[Name]): void
  /**
   * `sendEvent` that waits for the listener: true once it has handled the event, false if none did, it threw, or time ran out.
   * Default timeout "5 seconds".
   */
  sendEventAndWait<Name extends keyof Events & string>(
    name: Name,
    data: Events[Name],
    options?: { readonly timeout?: DurationInput },
  ): Promise<boolean>
  /** Delivers what is pending now. */
  flush(): void
  /**
   * Runs another task as a child, on the same supervisor: it is cancelled with this one, its progress counts into this one's by
   * `weight` (default 1, in the units of `setTotal`; without a total, each child counts by its share of all the weights).
   * Waiting for a child gives up this task's slot meanwhile, so that a full pool cannot deadlock on its own children. The slot is back
   * when the body goes on, unless it waits for another child still; a body whose `result({ timeout })` is over while a child of its
   * own holds a slot goes on beside it, so that it can end it.
   *
   * What only the supervisor can tell to be wrong (an executor that it has not got, a key that an ancestor holds, arguments that
   * cannot cross) fails the child: as `setup`, or as `serialization` with the path.
   *
   * @throws TypeError or RangeError, in every executor with the same message, for a call, an option or a duration that cannot be used,
   * and when the body has ended. From a thread or process the child's definition needs a `module`: a TypeError says so.
   */
  run<Output, ChildEvents extends EventMap>(
    call: TaskCall<Output, ChildEvents>,
    options?: RunOptions<ChildEvents, NoInfer<Output>>,
  ): ChildHandle<Output, ChildEvents>
  /** One of several calls: the handle of one of them. */
  run<Call extends TaskCall<unknown>>(
    call: Call,
    options?: RunOptions,
  ): Call extends TaskCall<infer Output, infer ChildEvents> ? ChildHandle<Output, ChildEvents> : never
  /** Ends this attempt and asks for another one under the task's own retry policy, or after `after`. */
  retry(options?: { readonly after?: DurationInput; readonly error?: unknown }): never
  /** Lines in the task's own stream of events; they are not printed. */
  readonly log: {
    debug(...data: unknown[]): void
    info(...data: unknown[]): void
    warn(...data: unknown[]): void
    error(...data: unknown[]): void
  }
}
