import type { PipelineKind, PipelineShape } from "../../machines/pipeline/shape.ts"
import type { AnyTaskCall, AnyTaskDefinition } from "../definition/definition.ts"

/** What a pipeline does: the one argument of its call. */
export interface PipelinePlan {
  readonly kind: PipelineKind
  readonly stages: readonly Stage[]
  readonly shape: PipelineShape
}

/** What is to be done before the next one can begin. */
export type Stage = Step | FanOut

/** One task. A definition is given what came out before it; a call has its arguments. */
export type Step =
  | { readonly type: "call"; readonly call: AnyTaskCall }
  | { readonly type: "definition"; readonly definition: AnyTaskDefinition }

/** Tasks side by side; each is made when it has its turn. */
export interface FanOut {
  readonly type: "fan-out"
  readonly total: number
  readonly mode: "fail-fast" | "settled"
  /** Most alive at once. */
  readonly concurrency: number
  /** One of them in a message: "call 3", "item 3". */
  readonly noun: string
  /** The sum of theirs. */
  readonly weight: number
  readonly callAt: (index: number) => AnyTaskCall
}
