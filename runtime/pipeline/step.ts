import { isCall } from "../definition/call.ts"
import type { AnyTaskCall, AnyTaskDefinition, TaskCall } from "../definition/definition.ts"
import { show } from "../failure/show.ts"
import type { Step } from "./plan.ts"

/** A definition as a step: what came out before it is its first argument, and it needs no other. */
export interface StepDefinition<In, Out> {
  (input: In): TaskCall<Out>
  readonly taskName: string
}

/** A call has its arguments; a definition is given the previous step's output. */
export type PipelineStep<In, Out> = TaskCall<Out> | StepDefinition<In, Out>

/**
 * @param place The beginning of the message: "Cannot make a chain: its step 2".
 * @throws TypeError for what is neither a call nor a definition.
 */
export function stepOf(value: unknown, place: string): Step {
  if (isDefinition(value)) return { type: "definition", definition: value }
  if (isCall(value)) return { type: "call", call: value }
  throw new TypeError(
    `${place} must be a task call or a task definition, current value is ${show(value)}; make one with defineTask`,
  )
}

/** @throws TypeError for what is no call. */
export function checkCall(value: unknown, place: string): asserts value is AnyTaskCall {
  if (isCall(value)) return
  if (!isDefinition(value)) {
    throw new TypeError(`${place} must be a task call, current value is ${show(value)}; make one with defineTask`)
  }
  throw new TypeError(
    `${place} must be a task call, but ${JSON.stringify(value.taskName)} is a definition, and nothing comes before it; apply it to its arguments first`,
  )
}

/** @throws TypeError for what is no definition. */
export function checkDefinition(value: unknown, action: string): asserts value is AnyTaskDefinition {
  if (isDefinition(value)) return
  throw new TypeError(
    `${action}: its first argument must be a task definition, which is given the items, current value is ${show(value)}; make one with defineTask`,
  )
}

function isDefinition(value: unknown): value is AnyTaskDefinition {
  return typeof value === "function" && "taskName" in value && typeof value.taskName === "string" && "body" in value
}
