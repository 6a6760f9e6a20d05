import { createMachine, type StateValue } from "xstate"
import { arrowsOf as arrowsFrom, drawnIn, insideOf, isGraph, isGraphStep } from "../../../../machines/diagram/drawn.ts"
import { childrenOf, isWithin, type StateNode, type Step, stepsOf } from "../../../../machines/diagram/steps.ts"

/** A state, as it is drawn. */
export interface ChartState {
  /** With dots, from the top; empty for the whole. */
  readonly path: string
  readonly name: string
  readonly type: StateNode["type"]
  readonly description: string | undefined
  readonly parent: ChartState | undefined
  readonly children: ChartState[]
  readonly initial: ChartState | undefined
  /** What happens there without leaving it: events that only act, and actors that live in it. */
  readonly notes: readonly string[]
  /** It is a step of a graph, which waits, runs and ends as the others beside it do. */
  readonly isGraphStep: boolean
  /** It is the state of a fan-out: the machine context has its numbers. */
  readonly isFanOut: boolean
}

/** All that leads from one state to another one. */
export interface ChartArrow {
  readonly source: ChartState
  readonly target: ChartState
  readonly labels: readonly string[]
  readonly eventTypes: ReadonlySet<string>
  /** It begins at a state that contains its target: it is taken wherever the machine is in there. */
  readonly isFromWithin: boolean
}

export interface Statechart {
  readonly root: ChartState
  readonly states: readonly ChartState[]
  readonly arrows: readonly ChartArrow[]
}

const known = new Map<string, Statechart | undefined>()
const mostKnown = 200

/** Reads a definition; undefined for what is no statechart, such as the definition of a promise. */
export function statechartOf(definition: string): Statechart | undefined {
  if (!known.has(definition)) {
    if (known.size >= mostKnown) known.clear()
    known.set(definition, read(definition))
  }
  return known.get(definition)
}

function read(definition: string): Statechart | undefined {
  try {
    const config = JSON.parse(definition) as Parameters<typeof createMachine>[0]
    // Somebody else's data, and XState's reading of it: what it cannot read is not drawn.
    if (typeof config !== "object" || Object.keys(config.states ?? {}).length === 0) return undefined
    return chartOf(createMachine(config).root)
  } catch {
    return undefined
  }
}

function chartOf(top: StateNode): Statechart {
  const states = new Map<StateNode, ChartState>()
  const build = (node: StateNode, parent: ChartState | undefined): ChartState => {
    const children: ChartState[] = []
    const state = {
      path: node.path.join("."),
      name: node.type === "history" ? `${node.key} (${node.history === "deep" ? "H*" : "H"})` : node.key,
      // The steps of a graph are drawn one after another, as they wait.
      type: isGraph(node)
        ? "compound"
        : isGraphStep(node) && childrenOf(insideOf(node)).length === 0
          ? "atomic"
          : node.type,
      isGraphStep: isGraphStep(node),
      description: node.description,
      parent,
      children,
      initial: undefined as ChartState | undefined,
      notes: notesOf(node),
      isFanOut: typeof node.meta === "object" && node.meta !== null && "fanOut" in node.meta,
    }
    states.set(node, state)
    for (const child of childrenOf(insideOf(node))) children.push(build(child, state))
    const inside = insideOf(node)
    const [first] = inside.type === "parallel" ? [] : (inside.initial.target ?? [])
    state.initial = first === undefined ? undefined : states.get(first)
    return state
  }
  const root = build(top, undefined)
  return { root, states: [...states.values()], arrows: arrowsOf(top, states) }
}

function arrowsOf(top: StateNode, states: ReadonlyMap<StateNode, ChartState>): readonly ChartArrow[] {
  const arrows = new Map<string, { labels: Set<string>; eventTypes: Set<string> } & ChartArrow>()
  for (const step of drawnIn(top).flatMap(arrowsFrom)) {
    for (const targetNode of step.targets) {
      const source = states.get(step.source)
      const target = states.get(targetNode)
      if (source === undefined || target === undefined) continue
      const key = `${source.path}\n${target.path}`
      const arrow = arrows.get(key) ?? {
        source,
        target,
        labels: new Set<string>(),
        eventTypes: new Set<string>(),
        isFromWithin: isWithin(targetNode, step.source),
      }
      arrow.labels.add(labelOf(step))
      arrow.eventTypes.add(step.eventType)
      arrows.set(key, arrow as never)
    }
  }
  return Array.from(arrows.values(), (arrow) => ({ ...arrow, labels: [...arrow.labels].filter(Boolean) }))
}

function labelOf({ description, label, guard }: Step): string {
  const what = description ?? (label === false ? "" : label)
  return guard === undefined ? what : `${what} [${guard}]`.trim()
}

function notesOf(node: StateNode): readonly string[] {
  const staying = stepsOf(node).filter(({ targets, label }) => targets.length === 0 && label !== false)
  const invoked = node.invoke.map(({ src, id }) => (typeof src === "string" && !src.startsWith("xstate.") ? src : id))
  return [...new Set([...invoked.map((name) => `runs ${name}`), ...staying.map(({ event }) => `on ${event}`)])]
}

/** The paths of all states that a machine is in. */
export function activePaths(value: unknown): ReadonlySet<string> {
  const paths = new Set<string>([""])
  const walk = (part: StateValue | undefined, above: string): void => {
    if (typeof part === "string") paths.add(above + part)
    else if (typeof part === "object" && part !== null) {
      for (const [key, inner] of Object.entries(part)) {
        paths.add(above + key)
        walk(inner, `${above}${key}.`)
      }
    }
  }
  walk(value as StateValue | undefined, "")
  return paths
}

/** The arrows that an event can have taken from the one set of states to the other. */
export function takenArrows(
  { arrows }: Statechart,
  eventType: string,
  before: ReadonlySet<string>,
  after: ReadonlySet<string>,
): readonly ChartArrow[] {
  const isPossible = ({ source, target, eventTypes }: ChartArrow): boolean =>
    before.has(source.path) &&
    after.has(target.path) &&
    !(before.has(target.path) && target.children.length > 0) &&
    covers(eventTypes, eventType)
  const direct = arrows.filter(isPossible)
  // The innermost state that knows the event takes it.
  const depth = Math.max(...direct.map(({ source }) => depthOf(source)))
  return direct.filter(({ source }) => depthOf(source) === depth)
}

function covers(eventTypes: ReadonlySet<string>, eventType: string): boolean {
  return eventTypes.has(eventType) || eventTypes.has("*")
}

function depthOf({ path }: ChartState): number {
  return path === "" ? 0 : path.split(".").length
}
