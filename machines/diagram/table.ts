import type { AnyStateMachine } from "xstate"
import { childrenOf, nodesIn, type StateNode, type Step, stepsOf } from "./steps.ts"

/** What a machine does in each of its states about each of its events. */
export interface TransitionTable {
  /** In the order in which the machine names them; `always` is what happens by itself. */
  readonly events: readonly string[]
  readonly rows: readonly {
    /** With dots: `running.executing`. */
    readonly state: string
    /** Where each of the events leads; empty where it changes nothing. */
    readonly cells: readonly string[]
  }[]
}

/** Reads the table off a machine: a row for each state that has no substates, with what it inherits from those around it. */
export function transitionTable({ root }: AnyStateMachine): TransitionTable {
  const nodes = nodesIn(root)
  const events = [...new Set(nodes.flatMap(stepsOf).map(({ event }) => event))]
  const leaves = nodes.filter((node) => childrenOf(node).length === 0 && node.type !== "history")
  return {
    events: events.map((event) => (event === "" ? "always" : event)),
    rows: leaves.map((leaf) => ({ state: pathOf(leaf), cells: events.map((event) => cell(leaf, event)) })),
  }
}

/** All that may follow: the first that has no guard, or whose guard holds. */
function cell(leaf: StateNode, event: string): string {
  const ways: Step[] = []
  for (let node: StateNode | undefined = leaf; node !== undefined; node = node.parent) {
    for (const step of stepsOf(node)) {
      if (step.event !== event) continue
      ways.push(step)
      if (step.guard === undefined) return describe(ways)
    }
  }
  return describe(ways)
}

function describe(ways: readonly Step[]): string {
  const texts = ways.map(({ targets, guard }) => {
    const where = targets.length === 0 ? "stays" : targets.map(pathOf).join(" and ")
    return guard === undefined ? where : `${where} if ${guard}`
  })
  return texts.join(", else ")
}

function pathOf({ path }: StateNode): string {
  return path.join(".")
}
