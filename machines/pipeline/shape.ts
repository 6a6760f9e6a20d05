/** What a pipeline looks like, without what its steps are given: names, order, numbers. */
export type PipelineShape = SequenceShape | FanOutShape | GraphShape

export type PipelineKind = "chain" | "chord" | "group" | "map" | "chunks" | "graph"

/** Steps one after another. */
export interface SequenceShape {
  readonly type: "sequence"
  readonly kind: "chain" | "chord"
  readonly steps: readonly StepShape[]
}

/** Tasks side by side. However many they are, they are one state, and are counted. */
export interface FanOutShape {
  readonly type: "fan-out"
  readonly kind: "group" | "map" | "chunks" | "header"
  readonly total: number
  /** The names of its tasks, each once. */
  readonly names: readonly string[]
}

/** Steps of which each begins when those before it have completed. */
export interface GraphShape {
  readonly type: "graph"
  readonly kind: "graph"
  readonly steps: readonly GraphStepShape[]
}

export interface GraphStepShape {
  /** Its own, and not its task's. */
  readonly name: string
  /** The names of those that it comes after. */
  readonly after: readonly string[]
  readonly runs: StepShape
}

export interface TaskShape {
  readonly type: "task"
  readonly name: string
}

export type StepShape = TaskShape | PipelineShape

/** What a step is called where it stands alone. */
function nameOf(step: StepShape): string {
  return step.type === "task" ? step.name : step.kind
}

/** The steps of a pipeline as its machine has them at the top: of a fan-out and of a graph, that itself. */
export function stepsOf(shape: PipelineShape): readonly StepShape[] {
  return shape.type === "sequence" ? shape.steps : [shape]
}

/** A graph of more steps is one state, and is counted: each region costs something with every event. */
const mostGraphRegions = 64

/** Whether the steps of a graph are states of the machine, each in a region of its own. */
export function hasRegions({ steps }: GraphShape): boolean {
  return steps.length <= mostGraphRegions
}

/** The states in which a pipeline's machine ends: no step at its top is called so. */
export const endStates: readonly string[] = ["completed", "failed", "cancelled"]

/** The names of states beside one another: those of the steps, numbered where one comes again: "scale", "scale 2". */
export function stateNames(steps: readonly StepShape[], areAtTop: boolean): readonly string[] {
  const used = new Set(areAtTop ? endStates : [])
  const times = new Map<string, number>()
  return steps.map((step) => {
    const name = nameOf(step)
    let count = times.get(name) ?? 0
    let unique: string
    do unique = ++count === 1 ? name : `${name} ${count}`
    while (used.has(unique))
    times.set(name, count)
    used.add(unique)
    return unique
  })
}

/**
 * Each shape within a pipeline has a number, by which events name it: the pipeline itself is 0, its first step 1, and each further step
 * comes right after all that is in the one before it. So what is inside a step is numbered from that step's number on as it is from 0 where
 * it stands alone.
 */
export function numbersOf(shape: SequenceShape | GraphShape): readonly number[] {
  return numberedOf(shape).steps
}

interface Numbered {
  readonly steps: readonly number[]
  /** The first number that is another's. */
  readonly end: number
}

const numbered = new WeakMap<StepShape, Numbered>()

function numberedOf(shape: SequenceShape | GraphShape): Numbered {
  const known = numbered.get(shape)
  if (known !== undefined) return known
  let end = 1
  const all = shape.type === "graph" ? shape.steps.map(({ runs }) => runs) : shape.steps
  const steps = all.map((step) => {
    const first = end
    end += step.type === "sequence" || step.type === "graph" ? numberedOf(step).end : 1
    return first
  })
  const made = { steps, end }
  numbered.set(shape, made)
  return made
}

/** As XState writes a path of states. */
export function pathText(path: readonly string[]): string {
  return path.join(".")
}
