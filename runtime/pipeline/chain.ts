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
// Arrays that are spread, of any length: each step gives what each takes. First, so that no mistake is told in its terms.
export function chain<A, const Steps extends readonly Step<A, A>[]>(
  a: TaskCall<A>,
  ...steps: number extends Steps["length"] ? Steps : never
): Pipeline<A>
// `NoInfer`, so that a step that does not fit is the one that is told, and not the one before it.
export function chain<A>(a: TaskCall<A>): Pipeline<A>
export function chain<A, B>(a: TaskCall<A>, b: Step<NoInfer<A>, B>): Pipeline<B>
export function chain<A, B, C>(a: TaskCall<A>, b: Step<NoInfer<A>, B>, c: Step<NoInfer<B>, C>): Pipeline<C>
export function chain<A, B, C, D>(
  a: TaskCall<A>,
  b: Step<NoInfer<A>, B>,
  c: Step<NoInfer<B>, C>,
  d: Step<NoInfer<C>, D>,
): Pipeline<D>
export function chain<A, B, C, D, E>(
  a: TaskCall<A>,
  b: Step<NoInfer<A>, B>,
  c: Step<NoInfer<B>, C>,
  d: Step<NoInfer<C>, D>,
  e: Step<NoInfer<D>, E>,
): Pipeline<E>
export function chain<A, B, C, D, E, F>(
  a: TaskCall<A>,
  b: Step<NoInfer<A>, B>,
  c: Step<NoInfer<B>, C>,
  d: Step<NoInfer<C>, D>,
  e: Step<NoInfer<D>, E>,
  f: Step<NoInfer<E>, F>,
): Pipeline<F>
export function chain<A, B, C, D, E, F, G>(
  a: TaskCall<A>,
  b: Step<NoInfer<A>, B>,
  c: Step<NoInfer<B>, C>,
  d: Step<NoInfer<C>, D>,
  e: Step<NoInfer<D>, E>,
  f: Step<NoInfer<E>, F>,
  g: Step<NoInfer<F>, G>,
): Pipeline<G>
export function chain<A, B, C, D, E, F, G, H>(
  a: TaskCall<A>,
  b: Step<NoInfer<A>, B>,
  c: Step<NoInfer<B>, C>,
  d: Step<NoInfer<C>, D>,
  e: Step<NoInfer<D>, E>,
  f: Step<NoInfer<E>, F>,
  g: Step<NoInfer<F>, G>,
  h: Step<NoInfer<G>, H>,
): Pipeline<H>
export function chain<A, B, C, D, E, F, G, H, I>(
  a: TaskCall<A>,
  b: Step<NoInfer<A>, B>,
  c: Step<NoInfer<B>, C>,
  d: Step<NoInfer<C>, D>,
  e: Step<NoInfer<D>, E>,
  f: Step<NoInfer<E>, F>,
  g: Step<NoInfer<F>, G>,
  h: Step<NoInfer<G>, H>,
  i: Step<NoInfer<H>, I>,
): Pipeline<I>
export function chain<A, B, C, D, E, F, G, H, I, J>(
  a: TaskCall<A>,
  b: Step<NoInfer<A>, B>,
  c: Step<NoInfer<B>, C>,
  d: Step<NoInfer<C>, D>,
  e: Step<NoInfer<D>, E>,
  f: Step<NoInfer<E>, F>,
  g: Step<NoInfer<F>, G>,
  h: Step<NoInfer<G>, H>,
  i: Step<NoInfer<H>, I>,
  j: Step<NoInfer<I>, J>,
): Pipeline<J>
export function chain<A, B, C, D, E, F, G, H, I, J, K>(
  a: TaskCall<A>,
  b: Step<NoInfer<A>, B>,
  c: Step<NoInfer<B>, C>,
  d: Step<NoInfer<C>, D>,
  e: Step<NoInfer<D>, E>,
  f: Step<NoInfer<E>, F>,
  g: Step<NoInfer<F>, G>,
  h: Step<NoInfer<G>, H>,
  i: Step<NoInfer<H>, I>,
  j: Step<NoInfer<I>, J>,
  k: Step<NoInfer<J>, K>,
): Pipeline<K>
export function chain<A, B, C, D, E, F, G, H, I, J, K, L>(
  a: TaskCall<A>,
  b: Step<NoInfer<A>, B>,
  c: Step<NoInfer<B>, C>,
  d: Step<NoInfer<C>, D>,
  e: Step<NoInfer<D>, E>,
  f: Step<NoInfer<E>, F>,
  g: Step<NoInfer<F>, G>,
  h: Step<NoInfer<G>, H>,
  i: Step<NoInfer<H>, I>,
  j: Step<NoInfer<I>, J>,
  k: Step<NoInfer<J>, K>,
  l: Step<NoInfer<K>, L>,
  ...more: readonly Step<NoInfer<L>, NoInfer<L>>[]
): Pipeline<L>
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
