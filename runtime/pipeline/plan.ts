import type { FanOutShape, PipelineKind, PipelineShape, StepShape } from "../../machines/pipeline/shape.ts"
import type { AnyTaskCall, AnyTaskDefinition } from "../definition/definition.ts"

/** What a pipeline does: the one argument of its call. */
export interface PipelinePlan {
  readonly kind: PipelineKind
  readonly stages: readonly Stage[]
  /** How the stages of a graph hang together. Without it, each comes after the one before it. */
  readonly graph?: GraphPlan
}

/** Of each stage, by number: what it is called, and what it comes after. */
export interface GraphPlan {
  readonly names: readonly string[]
  readonly after: readonly After[]
  readonly mode: "fail-fast" | "settled"
  /** Most alive at once. */
  readonly concurrency: number
}

/** The stages that one waits for: a definition is given the output of the one, or an object of the outputs of several, by their names. */
export type After = number | readonly number[]

/** What is to be done before those after it can begin. */
export type Stage = Step | FanOut

/** One task. A definition is given what came out before it; a call has its arguments. */
export type Step =
  | { readonly type: "call"; readonly call: AnyTaskCall }
  | { readonly type: "definition"; readonly definition: AnyTaskDefinition }

/** Tasks side by side; each is made when it has its turn. */
export interface FanOut {
  readonly type: "fan-out"
  readonly source: FanOutSource
  readonly mode: "fail-fast" | "settled"
  /** Most alive at once. */
  readonly concurrency: number
}

/** What they are made of. */
export type FanOutSource =
  | { readonly type: "calls"; readonly calls: readonly AnyTaskCall[] }
  | { readonly type: "items"; readonly definition: AnyTaskDefinition; readonly items: readonly unknown[] }
  | {
      readonly type: "chunks"
      readonly definition: AnyTaskDefinition
      readonly items: readonly unknown[]
      readonly size: number
    }

/** How many tasks they are. */
export function totalOf(source: FanOutSource): number {
  switch (source.type) {
    case "calls":
      return source.calls.length
    case "items":
      return source.items.length
    case "chunks":
      return source.items.length === 0 ? 0 : Math.max(1, Math.ceil(source.items.length / source.size))
  }
}

/** How much of the pipeline's progress a stage moves. */
export function weightOfStage(stage: Stage): number {
  switch (stage.type) {
    case "call":
      return weightOf(stage.call)
    case "definition":
      return weightOf(stage.definition)
    case "fan-out": {
      const { source } = stage
      if (source.type !== "calls") return totalOf(source) * weightOf(source.definition)
      return source.calls.reduce((sum, call) => sum + weightOf(call), 0)
    }
  }
}

export function weightOf({ settings }: Pick<AnyTaskCall, "settings">): number {
  return settings.weight ?? 1
}

/** How the plan looks in a machine. */
export function shapeOf(
  { kind, stages, graph }: PipelinePlan,
  shapeOfCall: (call: AnyTaskCall) => StepShape,
): PipelineShape {
  const shapes = stages.map((stage): StepShape => {
    if (stage.type === "call") return shapeOfCall(stage.call)
    if (stage.type === "definition") return { type: "task", name: stage.definition.taskName }
    return fanOutShape(stage, kind === "group" || kind === "map" || kind === "chunks" ? kind : "header")
  })
  if (graph !== undefined) {
    const { names, after } = graph
    const steps = shapes.map((runs, number) => ({
      name: nameIn(names, number),
      after: numbersIn(after[number] ?? []).map((before) => nameIn(names, before)),
      runs,
    }))
    return { type: "graph", kind: "graph", steps }
  }
  const [only] = shapes
  if (kind === "chain" || kind === "chord" || only?.type !== "fan-out") {
    return { type: "sequence", kind: kind === "chord" ? "chord" : "chain", steps: shapes }
  }
  return only
}

function nameIn(names: readonly string[], number: number): string {
  return names[number] ?? ""
}

export function numbersIn(after: After): readonly number[] {
  return typeof after === "number" ? [after] : after
}

function fanOutShape({ source }: FanOut, kind: FanOutShape["kind"]): FanOutShape {
  const names = source.type === "calls" ? source.calls.map(({ taskName }) => taskName) : [source.definition.taskName]
  return { type: "fan-out", kind, total: totalOf(source), names: [...new Set(names)] }
}
