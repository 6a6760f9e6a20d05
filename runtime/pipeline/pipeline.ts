import type { AnyStateMachine } from "xstate"
import type { PipelineShape, StepShape } from "../../machines/pipeline/shape.ts"
import { changedBy } from "../definition/changed-settings.ts"
import { Call, definitionOf } from "../definition/call.ts"
import type { AnyTaskCall, AnyTaskDefinition, TaskCall } from "../definition/definition.ts"
import type { TaskSettings } from "../definition/settings.ts"
import { machineOf } from "./machine-maker.ts"
import { type PipelinePlan, shapeOf } from "./plan.ts"

/**
 * Tasks composed to one: a call like any other, which runs them as its children. Its settings are those of the whole: a retry runs all of
 * it again, a timeout or a cancel ends all of it.
 */
export interface Pipeline<Output> extends TaskCall<Output> {
  /** Its statechart, an XState machine: a state for each step, named after it. */
  readonly machine: AnyStateMachine
  with(settings: TaskSettings): Pipeline<Output>
}

/** Where pipelines run: nowhere. Their steps have executors. */
export const pipelineExecutorName = "pipeline"

// Those of the last resort, which a supervisor has for all its tasks, are meant for the steps.
const settings: TaskSettings = {
  executor: pipelineExecutorName,
  retry: { maxAttempts: 1 },
  timeout: {},
}

interface PipelineDefinition extends AnyTaskDefinition {
  readonly shape: PipelineShape
}

class PipelineCall extends Call implements Pipeline<never> {
  readonly #definition: PipelineDefinition
  readonly #plan: PipelinePlan

  constructor(definition: PipelineDefinition, plan: PipelinePlan, own: TaskSettings) {
    super(definition, [plan], own)
    this.#definition = definition
    this.#plan = plan
  }

  get machine(): AnyStateMachine {
    return machineOf(this.#definition.shape)
  }

  override with(more: TaskSettings): PipelineCall {
    return new PipelineCall(this.#definition, this.#plan, changedBy(this.settings, more))
  }
}

/** The look of a call among others. */
function shapeOfCall(call: AnyTaskCall): StepShape {
  let definition: AnyTaskDefinition | undefined
  try {
    definition = definitionOf(call)
  } catch {
    // It came as data, and its module is not here yet.
  }
  return (definition && shapeOfPipeline(definition)) ?? { type: "task", name: call.taskName }
}

/** The plan behind a call of such a definition; undefined for any other. */
export function planOf(definition: AnyTaskDefinition, args: readonly unknown[]): PipelinePlan | undefined {
  return shapeOfPipeline(definition) === undefined ? undefined : (args[0] as PipelinePlan)
}

/** A pipeline is its own definition, so that a limit on one says nothing about others. */
export function pipelineOf(plan: PipelinePlan, more?: TaskSettings): Pipeline<never> {
  const shape = shapeOf(plan, shapeOfCall)
  const definition: PipelineDefinition = {
    taskName: plan.kind,
    shape,
    settings,
    module: undefined,
    onlyOn: pipelineExecutorName,
    input: undefined,
    output: undefined,
    body: () => {
      throw new TypeError(`Cannot run the body of a ${plan.kind}: it has none; give it to a supervisor`)
    },
  }
  return new PipelineCall(definition, plan, more === undefined ? settings : { ...settings, ...more })
}

/** What the pipeline looks like that this is the definition of; undefined for any other. It outlives the plan. */
export function shapeOfPipeline(definition: AnyTaskDefinition): PipelineShape | undefined {
  return "shape" in definition ? (definition as PipelineDefinition).shape : undefined
}
