import type { PipelineMachine } from "../../machines/pipeline/machine.ts"
import type { PipelineShape } from "../../machines/pipeline/shape.ts"

type MakeMachine = (shape: PipelineShape) => PipelineMachine

let make: MakeMachine | undefined
const machines = new WeakMap<PipelineShape, PipelineMachine>()

/** Said by the entry points, so that a worker's light one loads XState only for who asks for a machine. */
export function makeMachinesWith(makeMachine: MakeMachine): void {
  make = makeMachine
}

/** The machine of a pipeline, made when it is first asked for. */
export function machineOf(shape: PipelineShape): PipelineMachine {
  const known = machines.get(shape)
  if (known !== undefined) return known
  if (make === undefined) throw new TypeError('Cannot make a pipeline\'s machine: import it from "tasktor"')
  const machine = make(shape)
  machines.set(shape, machine)
  return machine
}
