import type { Effect } from "effect/Effect"
import type { TaskContext } from "../context/context.ts"
import type { TaskSettings } from "./settings.ts"

/** A map of event name to payload type. */
export type EventMap = Record<string, unknown>

/** What a body may return: a value, a promise of it, or an Effect that yields it. */
export type BodyResult<Output> = Output | Promise<Output> | Effect<Output, unknown>

/** Any Standard Schema (effect/Schema, zod, valibot, arktype). Source: https://standardschema.dev, version 1. */
export interface StandardSchema<T> {
  readonly "~standard": {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => unknown
    readonly types?: { readonly input: unknown; readonly output: T } | undefined
  }
}

/** What `defineTask` is given. */
export interface TaskOptions<
  Name extends string,
  Args extends readonly unknown[],
  Output,
  Events extends EventMap,
> extends TaskSettings {
  /** Names the task in lists, logs and, for workers, among the exports of its module. Unique in a program. */
  readonly name: Name
  /** `import.meta.url` of the module that exports this definition. Required for the thread and process executors. */
  readonly module?: string | URL
  /** The body's own events and their payloads: `events<{ chunk: Uint8Array }>()`. */
  readonly events?: { readonly __events?: Events }
  /** Checks the argument tuple at submit; what it returns is what the body gets. */
  readonly input?: StandardSchema<Readonly<Args>>
  /** Checks the output at the end; what it returns is the task's output. */
  readonly output?: StandardSchema<Output>
  /**
   * The body: a function of the context and the arguments, plain, async or giving an Effect. What it returns is the task's output; what it
   * throws fails the attempt as `error`. In a worker, it knows only what its module imports.
   */
  readonly run: (ctx: TaskContext<Events>, ...args: Args) => BodyResult<Output>
}

/**
 * A named, typed task. Calling it makes a {@link TaskCall}: plain data, nothing runs until a supervisor runs it.
 * `definition.body(ctx, ...args)` runs the body directly, for unit tests.
 */
export interface TaskDefinition<Name extends string, Args extends readonly unknown[], Output, Events extends EventMap> {
  (...args: Args): TaskCall<Output, Events>
  readonly taskName: Name
  readonly settings: TaskSettings
  /** Where workers find it; undefined for a task that only runs as a coroutine. */
  readonly module: string | undefined
  readonly input: StandardSchema<Args> | undefined
  readonly output: StandardSchema<Output> | undefined
  readonly body: (ctx: TaskContext<Events>, ...args: Args) => BodyResult<Output>
  /** The same task with other settings. */
  with(settings: TaskSettings): TaskDefinition<Name, Args, Output, Events>
}

/** A definition applied to its arguments: plain data. */
export interface TaskCall<Output, Events extends EventMap = EventMap> {
  readonly taskName: string
  readonly args: readonly unknown[]
  readonly settings: TaskSettings
  /** The same call with other settings. */
  with(settings: TaskSettings): TaskCall<Output, Events>
  /** Never present at run time; carries the types. */
  readonly __types?: { readonly output: Output; readonly events: Events }
}

/** A definition whose types the runtime does not need to know. */
export interface AnyTaskDefinition {
  readonly taskName: string
  readonly settings: TaskSettings
  readonly module: string | undefined
  /** The one executor that can run it, where there is only one. */
  readonly onlyOn?: string
  readonly input: StandardSchema<readonly unknown[]> | undefined
  readonly output: StandardSchema<unknown> | undefined
  readonly body: (ctx: TaskContext<never>, ...args: never[]) => unknown
}

/** A call whose types the runtime does not need to know. */
export interface AnyTaskCall {
  readonly taskName: string
  readonly args: readonly unknown[]
  readonly settings: TaskSettings
}
