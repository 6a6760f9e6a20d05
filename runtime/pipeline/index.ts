/** Composition, with the machines of pipelines at hand. */
import { pipelineMachine } from "../../machines/pipeline/machine.ts"
import { makeMachinesWith } from "./machine-maker.ts"

makeMachinesWith(pipelineMachine)

export { chain, chord } from "./chain.ts"
export { graph } from "./graph.ts"
export { chunks, group, map } from "./group.ts"
