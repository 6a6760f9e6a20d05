import type { Outcome } from "../../machines/task/outcome.ts"
import type { TaskCall } from "../definition/definition.ts"
import { show } from "../failure/show.ts"
import { type FailFast, fanOutOptions, type GroupOptions, type Settled } from "./group.ts"
import { type Pipeline, pipelineOf } from "./pipeline.ts"
import type { After, Step } from "./plan.ts"
import { refuseCycle } from "./cycle.ts"
import { checkCall, type PipelineStep, stepOf } from "./step.ts"

/**
 * A graph as a call. `Outputs` has what each of its steps gives; `Output` is what the whole gives: the same, or their outcomes.
 */
export interface Graph<Outputs, Output = Outputs> extends Pipeline<Output> {
  with(settings: Pipeline<Output>["settings"]): Graph<Outputs, Output>
  /** Never present at run time; carries the types. */
  readonly __steps?: Outputs
}

/** What is run in a graph: a call that waits for nothing, or what runs after other steps. */
export type GraphStep = TaskCall<unknown> | GraphStepAfter

/** What runs in a graph after other steps. */
export interface GraphStepAfter {
  /**
   * The steps that it waits for, by their names. A definition is given their outputs: of a list, an object of them by name; of one name, the
   * output itself, as in a chain.
   */
  readonly after: string | readonly string[]
  /** A definition, which is given those outputs as its first argument; or a call, which has its arguments. */
  readonly run: PipelineStep<never, unknown>
}

/** What each step gives: of `{ size: load("a"), … }` it is `{ size: number, … }`. */
export type GraphOutputs<Steps> = { -readonly [Name in keyof Steps]: GraphStepOutput<Steps[Name]> }

/** The outcome of each step. */
export type GraphOutcomes<Steps> = { -readonly [Name in keyof Steps]: Outcome<GraphStepOutput<Steps[Name]>> }

/** What one step gives. */
export type GraphStepOutput<One> =
  One extends TaskCall<infer Output>
    ? Output
    : One extends { readonly run: PipelineStep<never, infer Output> }
      ? Output
      : never

/** What a step is given of those that it waits for. */
export type GraphStepInput<Steps, Names> = Names extends keyof Steps
  ? GraphStepOutput<Steps[Names]>
  : Names extends readonly (infer Name)[]
    ? { readonly [One in Name & keyof Steps]: GraphStepOutput<Steps[One]> }
    : never

/** The steps as they must be: each waits for others of the graph, and takes what those give. */
export type FittingSteps<Steps> = {
  readonly [Name in keyof Steps]: Steps[Name] extends { readonly after: infer Names }
    ? {
        readonly after: OtherSteps<Name, Steps> | readonly OtherSteps<Name, Steps>[]
        readonly run: PipelineStep<GraphStepInput<Steps, Names>, unknown>
      }
    : TaskCall<unknown>
}

/** The names that a step may wait for. Those that are computed are texts, and are checked when the graph is made. */
export type OtherSteps<Name, Steps> = string extends Name ? string : Exclude<keyof Steps & string, Name>

/**
 * Runs steps of which each waits for those that it names, and for no others: it begins as soon as they have completed. Gives an object of what
 * all of them gave; of no steps it is `{}`.
 *
 * A failing step fails the graph and cancels what runs beside it. In the mode "settled" those which do not depend on it go on, those which do
 * are `cancelled` as `skipped`, and the object has the outcomes.
 *
 * @throws TypeError or RangeError for what is no step, a name that is no step's, steps that wait for one another ("a → b → a"), and an option
 * that cannot be used.
 * @example
 * const load = defineTask({ name: "load", run: async (_ctx, url: string) => (await fetch(url)).text() })
 * const words = defineTask({ name: "words", run: (_ctx, text: string) => text.split(" ").length })
 * const lines = defineTask({ name: "lines", run: (_ctx, text: string) => text.split("\n").length })
 * const report = defineTask({
 *   name: "report",
 *   run: (_ctx, { words, lines }: { words: number; lines: number }) => `${words} words in ${lines} lines`,
 * })
 * const counted = graph({
 *   text: load("http://a.test"),
 *   words: { after: "text", run: words },
 *   lines: { after: "text", run: lines },
 *   report: { after: ["words", "lines"], run: report },
 * })
 * console.log((await supervisor.run(counted).result()).report)
 */
export function graph<const Steps extends Readonly<Record<string, GraphStep>>>(
  steps: Steps & FittingSteps<Steps>,
  options?: FailFast,
): Graph<GraphOutputs<Steps>>
export function graph<const Steps extends Readonly<Record<string, GraphStep>>>(
  steps: Steps & FittingSteps<Steps>,
  options: Settled,
): Graph<GraphOutputs<Steps>, GraphOutcomes<Steps>>
export function graph(steps: Readonly<Record<string, unknown>>, options: GroupOptions = {}): Pipeline<never> {
  const { mode, concurrency } = fanOutOptions(options, action)
  if (typeof steps !== "object" || steps === null || Array.isArray(steps)) {
    throw new TypeError(`${action}: its steps must be an object, current value is ${show(steps)}`)
  }
  const names = Object.keys(steps)
  const numbers = new Map(names.map((name, number) => [name, number]))
  const read = Object.entries(steps).map(([name, value]) => readStep(name, value, numbers))
  const after = read.map((one) => one.after)
  refuseCycle(names, after, action)
  return pipelineOf({
    kind: "graph",
    stages: read.map(({ step }) => step),
    graph: { names, after, mode, concurrency },
  })
}

const action = "Cannot make a graph"

interface ReadStep {
  readonly step: Step
  readonly after: After
}

function readStep(name: string, value: unknown, numbers: ReadonlyMap<string, number>): ReadStep {
  const place = `${action}: its step ${JSON.stringify(name)}`
  if (name === "") throw new TypeError(`${action}: a step has no name; give it one`)
  if (!isStepAfter(value)) {
    checkCall(value, place)
    return { step: { type: "call", call: value }, after: [] }
  }
  const { after } = value
  const numberOf = (other: unknown): number => {
    const number = numbers.get(other as string)
    if (number !== undefined) return number
    const known = [...numbers.keys()].filter((one) => one !== name)
    const steps = known.join(", ") || "there is no other one"
    throw new RangeError(`${place} comes after ${show(other)}, which is none of its steps: ${steps}`)
  }
  const step = stepOf(value.run, `${place}: its "run"`)
  if (typeof after === "string") return { step, after: numberOf(after) }
  if (!Array.isArray(after)) {
    throw new TypeError(
      `${place}: its "after" must be the name of another step or an array of names, current value is ${show(after)}`,
    )
  }
  return { step, after: [...new Set(after.map(numberOf))] }
}

function isStepAfter(value: unknown): value is { readonly after: unknown; readonly run: unknown } {
  return typeof value === "object" && value !== null && "after" in value && "run" in value
}
