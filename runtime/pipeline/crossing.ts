import { Call, definitionOf } from "../definition/call.ts"
import type { AnyTaskCall, AnyTaskDefinition } from "../definition/definition.ts"
import { findDefinition } from "../definition/registry.ts"
import { settingsFrom } from "../definition/plain-settings.ts"
import type { TaskSettings } from "../definition/settings.ts"
import { pipelineOf, planOf } from "./pipeline.ts"
import type { FanOutSource, PipelinePlan, Stage } from "./plan.ts"

/** In place of the module of a definition: a pipeline has none, it is made again on the other side. */
export const pipelineModule = "tasktor:pipeline"

/** A definition that is found again on the other side; with its settings where they are not those that are found there. */
export interface ToldTask {
  readonly name: string
  readonly module: string | undefined
  readonly settings: TaskSettings | undefined
}

/** A call as plain data; of a pipeline, the one argument is its plan as data. */
export interface ToldCall extends ToldTask {
  readonly args: readonly unknown[]
}

type ToldSource =
  | { readonly type: "calls"; readonly calls: readonly ToldCall[] }
  | (Omit<SourceOf<"items">, "definition"> & { readonly definition: ToldTask })
  | (Omit<SourceOf<"chunks">, "definition"> & { readonly definition: ToldTask })

type SourceOf<Type> = Extract<FanOutSource, { readonly type: Type }>

type ToldStage =
  | { readonly type: "call"; readonly call: ToldCall }
  | { readonly type: "definition"; readonly definition: ToldTask }
  | (Omit<Extract<Stage, { readonly type: "fan-out" }>, "source"> & { readonly source: ToldSource })

interface ToldPlan extends Omit<PipelinePlan, "stages"> {
  readonly stages: readonly ToldStage[]
}

/** How a definition is told, with the settings of one call. */
type Tell = (definition: AnyTaskDefinition, settings: TaskSettings) => ToldTask

/** A call, or a pipeline with all that is in it, as plain data. */
export function toldCall(call: AnyTaskCall, tell: Tell): ToldCall {
  const definition = definitionOf(call)
  const plan = planOf(definition, call.args)
  if (plan === undefined) return { ...tell(definition, call.settings), args: call.args }
  const stages = plan.stages.map((stage) => toldStage(stage, tell))
  const args = [{ ...plan, stages } satisfies ToldPlan]
  return { ...tell({ ...definition, module: pipelineModule }, call.settings), args }
}

function toldStage(stage: Stage, tell: Tell): ToldStage {
  const tellTask = (definition: AnyTaskDefinition): ToldTask => tell(definition, definition.settings)
  switch (stage.type) {
    case "call":
      return { type: "call", call: toldCall(stage.call, tell) }
    case "definition":
      return { type: "definition", definition: tellTask(stage.definition) }
    case "fan-out": {
      const { source } = stage
      return source.type === "calls"
        ? { ...stage, source: { type: "calls", calls: source.calls.map((call) => toldCall(call, tell)) } }
        : { ...stage, source: { ...source, definition: tellTask(source.definition) } }
    }
  }
}

/**
 * The call that was told; rejects when a module of its definitions cannot be had.
 *
 * @param find How this side finds a definition by what was told of it.
 */
export function callFrom(data: ToldCall, find: FindDefinition = findDefinition): AnyTaskCall | Promise<AnyTaskCall> {
  const found = new Map<string, AnyTaskDefinition>()
  const coming: Promise<unknown>[] = []
  for (const task of tasksIn(data)) {
    const definition = find(task.name, task.module)
    if (definition instanceof Promise) coming.push(definition.then((late) => found.set(keyOf(task), late)))
    else found.set(keyOf(task), definition)
  }
  const make = (): AnyTaskCall => madeCall(data, (task) => definitionFrom(task, found))
  return coming.length === 0 ? make() : Promise.all(coming).then(make)
}

export type FindDefinition = (
  name: string,
  module: string | undefined,
) => AnyTaskDefinition | Promise<AnyTaskDefinition>

type Find = (task: ToldTask) => AnyTaskDefinition

function* tasksIn(data: ToldCall): Generator<ToldTask> {
  if (data.module !== pipelineModule) return yield data
  for (const stage of planIn(data).stages) {
    if (stage.type === "call") yield* tasksIn(stage.call)
    else if (stage.type === "definition") yield stage.definition
    else if (stage.source.type !== "calls") yield stage.source.definition
    else for (const call of stage.source.calls) yield* tasksIn(call)
  }
}

function madeCall(data: ToldCall, find: Find): AnyTaskCall {
  if (data.module === pipelineModule) {
    const plan = planIn(data)
    return pipelineOf({ ...plan, stages: plan.stages.map((stage) => madeStage(stage, find)) }, data.settings)
  }
  const definition = find(data)
  return new Call(definition, data.args, definition.settings)
}

function madeStage(stage: ToldStage, find: Find): Stage {
  switch (stage.type) {
    case "call":
      return { type: "call", call: madeCall(stage.call, find) }
    case "definition":
      return { type: "definition", definition: find(stage.definition) }
    case "fan-out": {
      const { source } = stage
      return source.type === "calls"
        ? { ...stage, source: { type: "calls", calls: source.calls.map((call) => madeCall(call, find)) } }
        : { ...stage, source: { ...source, definition: find(source.definition) } }
    }
  }
}

function planIn({ args }: ToldCall): ToldPlan {
  return args[0] as ToldPlan
}

function keyOf({ name, module }: ToldTask): string {
  return JSON.stringify([name, module])
}

function definitionFrom(task: ToldTask, found: ReadonlyMap<string, AnyTaskDefinition>): AnyTaskDefinition {
  const definition = found.get(keyOf(task))
  if (definition === undefined)
    throw new TypeError(`Cannot run ${task.name}: its module ${task.module} was not looked for`)
  if (task.settings === undefined) return definition
  const { taskName, module, input, output, body, settings } = definition
  const own = settingsFrom(task.settings, definition)
  return { taskName, module, input, output, body, settings: { ...settings, ...own } }
}
