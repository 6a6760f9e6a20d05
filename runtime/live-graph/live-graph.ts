import type { LiveGraphActor } from "../../machines/live-graph/machine.ts"
import type { LiveStepState } from "../../machines/live-graph/step.ts"
import type { Outcome } from "../../machines/task/outcome.ts"
import type { TaskCall } from "../definition/definition.ts"
import type { DurationInput } from "../definition/duration.ts"

/** How a graph is kept fresh. */
export interface LiveGraphOptions<Outputs = Readonly<Record<string, unknown>>> {
  /** `automatic`: what is invalidated is computed by itself. `manual`: when `refresh` is called. Default "automatic". */
  readonly mode?: "automatic" | "manual"
  /** How long after the last invalidation steps begin again; it starts anew with each. Default 0: those of one moment together. */
  readonly debounce?: DurationInput
  /**
   * Whether one output of a step is as good as another one: the old one stays then, and what was computed from it need not be again.
   * Default `Object.is`. Where it throws about a new output, the step fails.
   */
  readonly isEqual?: (before: unknown, after: unknown, step: keyof Outputs & string) => boolean
}

/** One step of a live graph. Immutable: a change makes another one. */
export interface LiveStep<Output = unknown> {
  /** `valid`: the output is that of its present inputs. In any other state it is an old one, or there is none. */
  readonly state: LiveStepState
  /** The last that it gave. */
  readonly output: Output | undefined
  /** How often that has changed: 0 when there is none yet. */
  readonly version: number
  /** Why it is `failed` or `cancelled`. */
  readonly outcome: Exclude<Outcome<Output>, { readonly status: "completed" }> | undefined
  /** The id of its task while that lives. */
  readonly task: string | undefined
}

/** All that is known of a live graph now. Immutable. */
export interface LiveGraphSnapshot<Outputs = Readonly<Record<string, unknown>>> {
  /** `fresh`: every step is valid. `computing`: at least one task lives. `stale`: neither. */
  readonly state: "fresh" | "computing" | "stale" | "stopped"
  /** What must come before dirty steps begin: the end of the debounce, a `refresh`, a `resume`. */
  readonly waitsFor: "debounce" | "refresh" | "resume" | undefined
  readonly steps: { readonly [Name in keyof Outputs]: LiveStep<Outputs[Name]> }
}

/** A graph whose outputs are kept up to date. */
export interface LiveGraph<Outputs = Readonly<Record<string, unknown>>> {
  /** Its machine's actor, a child of the supervisor's. It ends when the live graph is stopped. */
  readonly actor: LiveGraphActor
  readonly snapshot: LiveGraphSnapshot<Outputs>
  /**
   * A step, or, without a name, every step is not what it was. It becomes dirty, and so does all that comes after it; what of that runs
   * is cancelled, and what it still gives is dropped. The others keep their outputs.
   *
   * @param call What the step runs from now on.
   * @throws RangeError for a name that is no step's; TypeError for what is no call.
   */
  invalidate(): void
  invalidate<Name extends keyof Outputs & string>(step: Name, call?: TaskCall<Outputs[Name]>): void
  /**
   * Computes now, or at the end of a pause, all that is not valid, failed and cancelled steps too; with `force` every step.
   * Resolves as `outcome` does.
   */
  refresh(options?: { readonly force?: boolean }): Promise<Outcome<Outputs>>
  /** No step begins until `resume` has been called as often as `pause`. What runs goes on. */
  pause(): void
  /** @throws RangeError when it is not paused. */
  resume(): void
  /** Calls back with each new snapshot, at most once in a turn of the event loop. Returns the unsubscriber. */
  subscribe(listener: (snapshot: LiveGraphSnapshot<Outputs>) => void): () => void
  /** Resolves to true when nothing runs and nothing is about to; to false when `timeout` (default: none) came first. */
  settled(options?: { readonly timeout?: DurationInput }): Promise<boolean>
  /**
   * Resolves when every step is valid, or nothing more can be made valid: to all outputs, or to the end of the first step, in their order, that
   * failed or was cancelled. While it waits for a refresh or a resume, so does this. Never rejects; `cancelled` when it is stopped.
   */
  outcome(): Promise<Outcome<Outputs>>
  /** Cancels what runs, and begins nothing more. Resolves when all of it has ended. */
  stop(): Promise<void>
  /** `stop()`, at the end of the block that says `await using`. */
  [Symbol.asyncDispose](): Promise<void>
}
