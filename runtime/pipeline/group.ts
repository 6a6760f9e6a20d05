import type { Outcome } from "../../machines/task/outcome.ts"
import { checkCount } from "../definition/check-settings.ts"
import type { AnyTaskCall, TaskCall } from "../definition/definition.ts"
import { show } from "../failure/show.ts"
import { type Pipeline, pipelineOf } from "./pipeline.ts"
import type { FanOut, FanOutSource } from "./plan.ts"
import { checkCall, checkDefinition, type StepDefinition } from "./step.ts"

/** How tasks run side by side. */
export interface GroupOptions {
  /** `fail-fast`: the first failure cancels the others and fails the group. `settled`: all outcomes, whatever they are. Default "fail-fast". */
  readonly mode?: "fail-fast" | "settled"
  /** Most of them alive at once, 1 or more. Default: no limit but those of their executors and queues. */
  readonly concurrency?: number
}

export type FailFast = GroupOptions & { readonly mode?: "fail-fast" }
export type Settled = GroupOptions & { readonly mode: "settled" }

/** What calls give, each in its place: of `[size("a"), name("b")]` it is `[number, string]`. */
export type OutputsOf<Calls extends readonly TaskCall<unknown>[]> = {
  -readonly [Index in keyof Calls]: OutputOf<Calls[Index]>
}

/** Their outcomes, each in its place. */
export type OutcomesOf<Calls extends readonly TaskCall<unknown>[]> = {
  -readonly [Index in keyof Calls]: Outcome<OutputOf<Calls[Index]>>
}

type OutputOf<Call> = Call extends TaskCall<infer Output> ? Output : never

/**
 * Runs calls side by side; gives their outputs in call order, always as an array. Of no calls it is `[]`.
 *
 * @throws TypeError or RangeError for what is no call, and for an option that cannot be used.
 * @example
 * const size = defineTask({ name: "size", run: async (_ctx, url: string) => (await fetch(url)).headers.get("content-length") })
 * const sizes = await supervisor.run(group([size("http://a.test"), size("http://b.test")])).result()
 */
export function group<const Calls extends readonly TaskCall<unknown>[]>(
  calls: Calls,
  options?: FailFast,
): Pipeline<OutputsOf<Calls>>
export function group<const Calls extends readonly TaskCall<unknown>[]>(
  calls: Calls,
  options: Settled,
): Pipeline<OutcomesOf<Calls>>
export function group(calls: readonly AnyTaskCall[], options: GroupOptions = {}): Pipeline<never> {
  return pipelineOf({ kind: "group", stages: [fanOutOfCalls(calls, options, "Cannot make a group")] })
}

/**
 * Runs one task for each item, side by side; gives the outputs in the order of the items. Tasks are made as they have their turn: a
 * hundred thousand items cost the memory of those that are alive.
 *
 * @throws TypeError or RangeError for what is no definition, items that are no array, and an option that cannot be used.
 * @example
 * const double = defineTask({ name: "double", run: (_ctx, n: number) => n * 2 })
 * const doubled = await supervisor.run(map(double, [1, 2, 3], { concurrency: 2 })).result()
 */
export function map<Item, Output>(
  task: StepDefinition<Item, Output>,
  items: readonly Item[],
  options?: FailFast,
): Pipeline<Output[]>
export function map<Item, Output>(
  task: StepDefinition<Item, Output>,
  items: readonly Item[],
  options: Settled,
): Pipeline<Outcome<Output>[]>
export function map(task: unknown, items: readonly unknown[], options: GroupOptions = {}): Pipeline<never> {
  const action = "Cannot make a map"
  checkDefinition(task, action)
  checkArray(items, action, "items")
  return pipelineOf({
    kind: "map",
    stages: [fanOutOf({ type: "items", definition: task, items: [...items] }, options, action)],
  })
}

/**
 * As `map`, but `size` items to one task, which runs its body for one after another: for items so short that a task for each would cost
 * more than the work. Gives an array of outputs for each chunk. A failing item fails its chunk.
 *
 * @throws TypeError or RangeError as `map` does, and for a size that is no whole number, 1 or more.
 * @example
 * const double = defineTask({ name: "double", run: (_ctx, n: number) => n * 2 })
 * const doubled = await supervisor.run(chunks(double, [1, 2, 3], 2)).result() // [[2, 4], [6]]
 */
export function chunks<Item, Output>(
  task: StepDefinition<Item, Output>,
  items: readonly Item[],
  size: number,
  options?: FailFast,
): Pipeline<Output[][]>
export function chunks<Item, Output>(
  task: StepDefinition<Item, Output>,
  items: readonly Item[],
  size: number,
  options: Settled,
): Pipeline<Outcome<Output[]>[]>
export function chunks(
  task: unknown,
  items: readonly unknown[],
  size: number,
  options: GroupOptions = {},
): Pipeline<never> {
  const action = "Cannot make chunks"
  checkDefinition(task, action)
  checkArray(items, action, "items")
  checkCount(size, "size", action)
  return pipelineOf({
    kind: "chunks",
    stages: [fanOutOf({ type: "chunks", definition: task, items: [...items], size }, options, action)],
  })
}

/** The calls of a group, or of a chord's header, which are checked here. */
export function fanOutOfCalls(calls: readonly AnyTaskCall[], options: GroupOptions, action: string): FanOut {
  checkArray(calls, action, "calls")
  const own = [...calls]
  for (const [index, call] of own.entries()) checkCall(call, `${action}: its call ${index + 1}`)
  return fanOutOf({ type: "calls", calls: own }, options, action)
}

function fanOutOf(source: FanOutSource, options: GroupOptions, action: string): FanOut {
  return { type: "fan-out", source, ...fanOutOptions(options, action) }
}

/** @throws TypeError or RangeError for options that cannot be used. */
export function fanOutOptions(options: GroupOptions, action: string): Required<GroupOptions> {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`${action}: its options must be an object, current value is ${show(options)}`)
  }
  const { mode = "fail-fast", concurrency = Number.POSITIVE_INFINITY } = options
  if (mode !== "fail-fast" && mode !== "settled") {
    throw new RangeError(`${action}: "mode" must be one of fail-fast, settled, current value is ${show(mode)}`)
  }
  checkCount(concurrency, "concurrency", action)
  return { mode, concurrency }
}

function checkArray(value: unknown, action: string, what: string): void {
  if (Array.isArray(value)) return
  throw new TypeError(`${action}: its ${what} must be an array, current value is ${show(value)}`)
}
