/** What a pipeline looks like, without what its steps are given: names, order, numbers. */
export type PipelineShape = SequenceShape | FanOutShape

export type PipelineKind = "chain" | "chord" | "group" | "map" | "chunks"

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

export interface TaskShape {
  readonly type: "task"
  readonly name: string
}

export type StepShape = TaskShape | PipelineShape

/** What a step is called where it stands alone. */
function nameOf(step: StepShape): string {
  return step.type === "task" ? step.name : step.kind
}

/** How many places a pipeline can be at while it is there: each task and each fan-out is one. */
export function leafCount(step: StepShape): number {
  return step.type === "sequence" ? step.steps.reduce((sum, inner) => sum + leafCount(inner), 0) : 1
}

/** The steps of a pipeline as its machine has them at the top: of a fan-out, the fan-out itself. */
export function stepsOf(shape: PipelineShape): readonly StepShape[] {
  return shape.type === "sequence" ? shape.steps : [shape]
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

/** The names of the states that a pipeline is in at one of its places, from the top down. */
export function pathOf(shape: PipelineShape, leaf: number): readonly string[] {
  const path: string[] = []
  let steps = stepsOf(shape)
  let left = leaf
  for (let depth = 0; ; depth++) {
    const index = indexOfLeaf(steps, left)
    const step = steps[index]
    path.push(stateNames(steps, depth === 0)[index] ?? "")
    if (step?.type !== "sequence") return path
    left -= leavesBefore(steps, index)
    steps = step.steps
  }
}

/** How many places lie before a step. */
export function leavesBefore(steps: readonly StepShape[], index: number): number {
  return steps.slice(0, index).reduce((sum, step) => sum + leafCount(step), 0)
}

/** As XState writes a path of states. */
export function pathText(path: readonly string[]): string {
  return path.join(".")
}

function indexOfLeaf(steps: readonly StepShape[], leaf: number): number {
  let left = leaf
  return steps.findIndex((step) => (left -= leafCount(step)) < 0)
}
