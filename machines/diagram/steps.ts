import type { AnyStateMachine } from "xstate"
import { describeGuard } from "./names.ts"

/** A state of a machine, as XState has read it. */
export type StateNode = AnyStateMachine["root"]

/** One arrow of a statechart. */
export interface Step {
  readonly source: StateNode
  /** None for a transition that only acts, and stays where it is. */
  readonly targets: readonly StateNode[]
  /** What leads to it, for people: `cancel`, `after 1000 ms`, `done of resize`; empty where nothing but the guard is waited for. */
  readonly event: string
  /** What a diagram says in place of the event, by the transition's meta; `false` where it does not show the arrow. */
  readonly label: string | false
  /** The same as XState has it. */
  readonly eventType: string
  /** What its machine says of it. */
  readonly description: string | undefined
  readonly guard: string | undefined
}

/** The arrows that leave a state itself, in the order in which they are tried. */
export function stepsOf(node: StateNode): readonly Step[] {
  const transitions = [...(node.always ?? []), ...[...node.transitions.values()].flat()]
  return transitions.map(({ source, target, eventType, guard, meta, description }) => {
    const event = describeEvent(node, eventType)
    const { label } = Object(meta) as { readonly label?: unknown }
    return {
      source,
      targets: target ?? [],
      event,
      eventType,
      description,
      label: typeof label === "string" || label === false ? label : event,
      guard: guard === undefined ? undefined : describeGuard(guard),
    }
  })
}

/** The substates, in the order in which they were written. */
export function childrenOf(node: StateNode): readonly StateNode[] {
  return Object.values(node.states)
}

/** The state and all within it, outer ones first. */
export function nodesIn(node: StateNode): readonly StateNode[] {
  return [node, ...childrenOf(node).flatMap(nodesIn)]
}

/** Whether `inner` lies somewhere within `outer`. */
export function isWithin(inner: StateNode, outer: StateNode): boolean {
  for (let above = inner.parent; above !== undefined; above = above.parent) if (above === outer) return true
  return false
}

/** XState's own events by what they mean: `xstate.after.1000.task.waiting` is `after 1000 ms`. */
function describeEvent(node: StateNode, type: string): string {
  if (type === "*") return "any other event"
  const after = between(type, "xstate.after.", `.${node.id}`)
  if (after !== undefined) return /^\d+$/.test(after) ? `after ${after} ms` : `after ${after}`
  if (type.startsWith("xstate.done.state.")) return "done"
  for (const end of ["done", "error", "snapshot"]) {
    const [, id] = type.split(end === "snapshot" ? "xstate.snapshot." : `xstate.${end}.actor.`)
    if (id !== undefined) return `${end} of ${nameOfActor(node, id)}`
  }
  return type
}

/** By its source where that has a name; XState numbers the others. */
function nameOfActor(node: StateNode, id: string): string {
  const src = node.invoke.find((invoke) => invoke.id === id)?.src
  return typeof src === "string" && !src.startsWith("xstate.invoke.") ? src : id.endsWith(`.${node.id}`) ? "actor" : id
}

function between(text: string, start: string, end: string): string | undefined {
  return text.startsWith(start) && text.endsWith(end) ? text.slice(start.length, -end.length) : undefined
}
