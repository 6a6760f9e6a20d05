import type { AnyTaskCall, TaskCall } from "../definition/definition.ts"
import {
  type FailFast,
  fanOutOfCalls,
  type GroupOptions,
  type OutcomesOf,
  type OutputsOf,
  type Settled,
} from "./group.ts"
import { type Pipeline, pipelineOf } from "./pipeline.ts"
import { checkCall, type PipelineStep as Step, stepOf } from "./step.ts"

/**
 * Runs steps one after another. A step that is a definition is given what came out before it as its first argument; one that is a call has
 * its arguments, and ignores it. The chain's output is the last one's; its failure is that of the step which fails, and the steps after
 * that one are `cancelled` as `skipped`.
 *
 * @throws TypeError when there is no step, and for one that is neither a call nor a definition.
 * @example
 * const load = defineTask({ name: "load", run: async (_ctx, url: string) => (await fetch(url)).text() })
 * const count = defineTask({ name: "count", run: (_ctx, text: string) => text.length })
 * const length = await supervisor.run(chain(load("http://a.test"), count)).result()
 */
export function chain<A>(a: TaskCall<A>): Pipeline<A>
export function chain<A, B>(a: TaskCall<A>, b: Step<A, B>): Pipeline<B>
export function chain<A, B, C>(a: TaskCall<A>, b: Step<A, B>, c: Step<B, C>): Pipeline<C>
export function chain<A, B, C, D>(a: TaskCall<A>, b: Step<A, B>, c: Step<B, C>, d: Step<C, D>): Pipeline<D>
export function chain<A, B, C, D, E>(
  a: TaskCall<A>,
  b: Step<A, B>,
  c: Step<B, C>,
  d: Step<C, D>,
  e: Step<D, E>,
): Pipeline<E>
export function chain<A, B, C, D, E, F>(
  a: TaskCall<A>,
  b: Step<A, B>,
  c: Step<B, C>,
  d: Step<C, D>,
  e: Step<D, E>,
  f: Step<E, F>,
): Pipeline<F>
/** Any number of steps, where each gives what each takes. */
export function chain<A>(a: TaskCall<A>, ...steps: readonly Step<A, A>[]): Pipeline<A>
export function chain(...values: readonly unknown[]): Pipeline<never> {
  const action = "Cannot make a chain"
  if (values.length === 0) throw new TypeError(`${action}: it has no steps; give it at least one task call`)
  checkCall(values[0], `${action}: its first step`)
  const stages = values.map((value, index) => stepOf(value, `${action}: its step ${index + 1}`))
  return pipelineOf({ kind: "chain", stages })
}

/**
 * Runs the calls of a header side by side, and then a body, once: a definition is given their outputs, in call order. With an empty header
 * that is `[]`.
 *
 * @throws TypeError or RangeError for what is no call, a body that is neither a call nor a definition, and an option that cannot be used.
 * @example
 * const size = defineTask({ name: "size", run: async (_ctx, url: string) => (await (await fetch(url)).text()).length })
 * const sum = defineTask({ name: "sum", run: (_ctx, sizes: number[]) => sizes.reduce((a, b) => a + b, 0) })
 * const total = await supervisor.run(chord([size("http://a.test"), size("http://b.test")], sum)).result()
 */
export function chord<const Calls extends readonly TaskCall<unknown>[], B>(
  header: Calls,
  body: Step<OutputsOf<Calls>, B>,
  options?: FailFast,
): Pipeline<B>
export function chord<const Calls extends readonly TaskCall<unknown>[], B>(
  header: Calls,
  body: Step<OutcomesOf<Calls>, B>,
  options: Settled,
): Pipeline<B>
export function chord(header: readonly AnyTaskCall[], body: unknown, options: GroupOptions = {}): Pipeline<never> {
  const action = "Cannot make a chord"
  const fanOut = fanOutOfCalls(header, options, action)
  return pipelineOf({ kind: "chord", stages: [fanOut, stepOf(body, `${action}: its body`)] })
}
