import type { AnyStateMachine } from "xstate"
import { arrowsOf, drawnIn, insideOf, isGraph, stepsBefore, stepsBehind } from "./drawn.ts"
import { childrenOf, isWithin, type StateNode, type Step } from "./steps.ts"

/**
 * A machine as a Mermaid state diagram, as GitHub and many others draw it: nested and parallel states, final states, events and guards. Of
 * a graph's steps it draws which comes after which. A transition's `meta: { label }` is what stands at its arrow in place of the event; with
 * `label: false` it is not drawn.
 *
 * Source of the notation: https://mermaid.js.org/syntax/stateDiagram.html
 *
 * @example
 * console.log(toMermaid(taskMachine))
 */
export function toMermaid({ root }: AnyStateMachine): string {
  const names = namesOf(root)
  return ["stateDiagram-v2", ...inside(root, names, "  "), ...arrows(root, names), ""].join("\n")
}

type Names = ReadonlyMap<StateNode, string>

// Words that Mermaid would not take for a state.
const reserved =
  /^(state|note|end|direction|hide|scale|as|class|classDef|style|click|default|accTitle|accDescr|TB|BT|LR|RL)$/i

/** A short name without spaces for each state: its own where no other state has that. */
function namesOf(root: StateNode): Names {
  const taken = new Set<string>()
  const names = new Map<StateNode, string>()
  for (const node of drawnIn(root)) {
    const own = word(node.key)
    let name = taken.has(own) || reserved.test(own) || /^\d/.test(own) ? `s_${node.path.map(word).join("_")}` : own
    while (taken.has(name)) name += "_"
    taken.add(name)
    names.set(node, name)
  }
  return names
}

function word(key: string): string {
  return key.replaceAll(/\W+/g, "_")
}

/** What stands between the braces of a state. The arrows come later: Mermaid puts a state where it is named first. */
function inside(node: StateNode, names: Names, indent: string): readonly string[] {
  const children = drawnChildren(node)
  if (isGraph(node)) {
    return [
      ...children.flatMap((step) => (stepsBefore(step).length === 0 ? [`${indent}[*] --> ${names.get(step)}`] : [])),
      ...children.flatMap((step) => box(step, names, indent)),
      ...children.flatMap((step) => (stepsBehind(step).length === 0 ? [`${indent}${names.get(step)} --> [*]`] : [])),
    ]
  }
  if (insideOf(node).type === "parallel") {
    return children.flatMap((child, index) => [...(index === 0 ? [] : [`${indent}--`]), ...box(child, names, indent)])
  }
  const initial = initialOf(node)
  return [
    ...(initial === undefined ? [] : [`${indent}[*] --> ${names.get(initial)}`]),
    ...children.flatMap((child) => box(child, names, indent)),
    ...children.filter(({ type }) => type === "final").map((child) => `${indent}${names.get(child)} --> [*]`),
  ]
}

function box(node: StateNode, names: Names, indent: string): readonly string[] {
  const name = names.get(node)
  const title = node.type === "history" ? `${node.key} (${node.history === "deep" ? "H*" : "H"})` : node.key
  const head = `${indent}state ${title === name ? name : `"${text(title)}" as ${name}`}`
  if (drawnChildren(node).length === 0) return [title === name ? `${indent}${name}` : head]
  return [`${head} {`, ...inside(node, names, `${indent}  `), `${indent}}`]
}

/** A line for each pair of states, with all that leads from the one to the other. */
function arrows(root: StateNode, names: Names): readonly string[] {
  const labels = new Map<string, string[]>()
  for (const step of drawnIn(root).flatMap(arrowsOf)) {
    for (const [from, to] of ends(step)) {
      const arrow = `  ${names.get(from)} --> ${names.get(to)}`
      const label = [step.label, step.guard === undefined ? "" : `[${step.guard}]`].filter(Boolean).join(" ")
      labels.set(arrow, [...(labels.get(arrow) ?? []), text(label)])
    }
  }
  return Array.from(labels, ([arrow, all]) => {
    const label = [...new Set(all)].filter(Boolean).join(", ")
    return label === "" ? arrow : `${arrow} : ${label}`
  })
}

/**
 * Mermaid cannot draw an arrow between a state and one that contains it. One into the depth begins at the substates instead, which is where
 * the machine is then; one to the outside of itself ends at the initial state, which is where it leads.
 */
function ends({ source, targets }: Step): readonly (readonly [from: StateNode, to: StateNode])[] {
  const tos: readonly StateNode[] = targets.length > 0 ? targets : [source]
  return tos.flatMap((target) => {
    let to = target
    for (let next = initialOf(to); isWithin(source, to) && next !== undefined; next = initialOf(to)) to = next
    return beginnings(source, to).map((from) => [from, targets.length > 0 ? to : from] as const)
  })
}

function beginnings(source: StateNode, to: StateNode): readonly StateNode[] {
  const isRoot = source.parent === undefined
  if (!isRoot && !isWithin(to, source)) return [source]
  const children = drawnChildren(source).filter(({ type }) => type !== "final" && type !== "history")
  // The machine is in all regions at once: one arrow says it.
  const region = source.type === "parallel" ? children.filter((child) => child === to || isWithin(to, child)) : []
  return (region.length > 0 ? region : children).flatMap((child) => beginnings(child, to))
}

function initialOf(node: StateNode): StateNode | undefined {
  const within = insideOf(node)
  return within.type === "parallel" ? childrenOf(within)[0] : within.initial.target?.[0]
}

function drawnChildren(node: StateNode): readonly StateNode[] {
  return childrenOf(insideOf(node))
}

/** What Mermaid reads as notation, or as Markdown, goes by its number. */
function text(label: string): string {
  return label
    .replaceAll(/\s+/g, " ")
    .replaceAll(/[#;:"<>{}%&`\\*~]|(?<!\w)_|_(?!\w)/g, (sign) => `#${sign.codePointAt(0)};`)
}
