import { type GraphPlan, numbersIn, type PipelinePlan } from "./plan.ts"

/** What comes after what, each by its number. A chain is the graph in which each one comes after the one before it. */
export interface Order {
  /** Of each one, those that it waits for. */
  readonly before: readonly (readonly number[])[]
  /** Of each one, those that wait for it. */
  readonly behind: readonly (readonly number[])[]
}

/** Found once for each graph, and once for all chains of the same length. */
export function orderOf({ graph, stages: { length } }: PipelinePlan): Order {
  const known = graph === undefined ? chains.get(length) : graphs.get(graph)
  if (known !== undefined) return known
  const before =
    graph?.after.map(numbersIn) ?? Array.from({ length }, (_, number) => (number === 0 ? [] : [number - 1]))
  const behind: number[][] = before.map(() => [])
  for (const [number, all] of before.entries()) for (const other of all) behind[other]?.push(number)
  const order = { before, behind }
  if (graph !== undefined) graphs.set(graph, order)
  else if (length <= longestKept) chains.set(length, order)
  return order
}

/** Those of longer chains are found anew. */
const longestKept = 100
const chains = new Map<number, Order>()
const graphs = new WeakMap<GraphPlan, Order>()
