import { childrenOf, type StateNode, type Step, stepsOf } from "./steps.ts"

/**
 * A machine as it is drawn for people, where that is less than what the machine is: the steps of a graph, which are regions that wait, run and
 * end each in the same way, are states with an arrow to each that waits for them. They are known by their meta, `after`.
 */

/** What is drawn within a state, outer ones first. */
export function drawnIn(node: StateNode): readonly StateNode[] {
  return [node, ...childrenOf(insideOf(node)).flatMap(drawnIn)]
}

/** The state whose substates are drawn within a state: of a graph's step, the one in which it runs. */
export function insideOf(node: StateNode): StateNode {
  return (isGraphStep(node) && node.states["running"]) || node
}

/** Whether its regions are the steps of a graph. */
export function isGraph(node: StateNode): boolean {
  return node.type === "parallel" && childrenOf(node).every(isGraphStep)
}

/** The steps that this one waits for. */
export function stepsBefore(node: StateNode): readonly StateNode[] {
  return afterIn(node)?.flatMap((name) => node.parent?.states[name] ?? []) ?? []
}

/** The steps that wait for this one. */
export function stepsBehind(node: StateNode): readonly StateNode[] {
  return node.parent === undefined ? [] : childrenOf(node.parent).filter((other) => stepsBefore(other).includes(node))
}

/** The arrows that are drawn from a state. */
export function arrowsOf(node: StateNode): readonly Step[] {
  if (!isGraphStep(node)) return stepsOf(node).filter(({ label }) => label !== false)
  return stepsBehind(node).map((other) => ({
    source: node,
    targets: [other],
    event: "",
    eventType: "",
    label: "",
    description: undefined,
    guard: undefined,
  }))
}

/** Whether it is one of the steps of a graph. */
export function isGraphStep(node: StateNode): boolean {
  return node.parent?.type === "parallel" && afterIn(node) !== undefined
}

function afterIn({ meta }: StateNode): readonly string[] | undefined {
  const { after } = Object(meta) as { readonly after?: unknown }
  return Array.isArray(after) ? after.filter((name) => typeof name === "string") : undefined
}
