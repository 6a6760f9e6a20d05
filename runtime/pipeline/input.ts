import { Call } from "../definition/call.ts"
import type { AnyTaskCall } from "../definition/definition.ts"
import type { GraphPlan, Step } from "./plan.ts"

/** What the definition at that number is given of what comes before it. Without a graph that is the one before it. */
export function inputOf(graph: GraphPlan | undefined, number: number, outputAt: (number: number) => unknown): unknown {
  const after = graph === undefined ? number - 1 : (graph.after[number] ?? [])
  return typeof after === "number" ? outputAt(after) : byName(graph, after, outputAt)
}

/** An object of values, by the names of the steps that they are of. */
export function byName(
  graph: GraphPlan | undefined,
  numbers: Iterable<number>,
  valueAt: (number: number) => unknown,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Array.from(numbers, (number) => [graph?.names[number], valueAt(number)]))
}

/** The call of a step, when it has its turn. */
export function callOf(step: Step, input: unknown): AnyTaskCall {
  return step.type === "call" ? step.call : new Call(step.definition, [input], step.definition.settings)
}
