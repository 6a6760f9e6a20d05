import type { LogLevel } from "../../machines/task/events.ts"
import type { CancelReceipt } from "../task/receipt.ts"
import type { CancelReason, Outcome, TaskFailure } from "../../machines/task/outcome.ts"
import type { TaskKey, TaskSnapshot } from "../../machines/task/snapshot.ts"
import type { AnyTaskCall } from "../definition/definition.ts"
import type { RunOptions } from "../task/run-options.ts"

/** What a body is told of its task. Plain data: it crosses to workers as it is. */
export interface BodyInfo {
  readonly id: string
  readonly key: TaskKey
  /** Counted from 1. */
  readonly attempt: number
  /** The planned instant in milliseconds since the epoch, for a run that a schedule started. */
  readonly scheduledFor?: number | undefined
}

/**
 * What a context stands on: in a coroutine the attempt itself, in a worker the channel to it. One context is written against
 * it, so that a body cannot tell where it runs.
 */
export interface BodyLink {
  /** The body's own progress, 0..1, at any rate: the link coalesces. */
  progress(fraction: number): void
  message(text: string): void
  event(name: string, data: unknown): void
  /** As `event`; true once a listener has handled it, false if none did, it threw, or `timeoutMs` passed. */
  eventAndWait(name: string, data: unknown, timeoutMs: number): Promise<boolean>
  log(level: LogLevel, data: readonly unknown[]): void
  /** Delivers what is pending now. */
  flush(): void
  /** Whether the abort has been asked for: cheap enough for every turn of a loop, and true even while the loop blocks its thread. */
  isAborted(): boolean
  /** Calls back once, when the abort arrives, or at once when it has. */
  onAbort(listener: () => void): void
  /** @throws TypeError or RangeError for what anybody can tell to be wrong; what only the supervisor can tell fails the child. */
  run(call: AnyTaskCall, options: RunOptions, share: ProgressShare, birth?: ChildBirth): ChildLink
}

/** What is known of a child before the supervisor has it, where it comes from a worker or is the step of a pipeline. */
export interface ChildBirth {
  /** By which its parent's body knows it. */
  readonly id?: string
  /** Why it cannot be run. */
  readonly failure?: TaskFailure
  /** Why it is not run, and cancelled at once. */
  readonly skipped?: CancelReason
  /** Which step of its pipeline it is, as a store remembers it. */
  readonly step?: string
  /** Another program has left it so: it goes on there. */
  readonly left?: TaskSnapshot
}

/** Which part of its parent's progress a child task moves. */
export interface ProgressShare {
  /** Names the context that the child was run on: 0 is the body's own, sub-contexts count from 1. */
  readonly node: number
  /** Where in the parent's 0..1 that context's slice begins, and how wide it is. */
  readonly base: number
  readonly range: number
  /** What `setTotal` of that context was given; without it the total is the sum of the weights. */
  readonly total: number | undefined
  /** In the units of that total. */
  readonly weight: number
}

/** A child task, as the body's side sees it. */
export interface ChildLink {
  /** In a worker, a task that it has joined is known by its own id as soon as anything has been heard of it. */
  readonly id: string
  /**
   * Waits for its end, and gives up the parent's slot meanwhile; undefined when `timeoutMs` has passed first. The slot is back when it
   * resolves, unless the body waits for another child still. Never rejects.
   */
  outcome(timeoutMs?: number): Promise<Outcome<unknown> | undefined>
  cancel(reason?: string): Promise<CancelReceipt>
  on(name: string, listener: (data: unknown) => void | Promise<void>): () => void
}
