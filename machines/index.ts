/** The statecharts and the vocabulary: pure, for tools, tests and your own machines. */
export { type Json, type JsonObject, toConfig } from "./diagram/config.ts"
export { toMermaid } from "./diagram/mermaid.ts"
export { type TransitionTable, transitionTable } from "./diagram/table.ts"
export type { JournalEvent, JournalState } from "./journal/lifecycle.ts"
export { journalMachine } from "./journal/machine.ts"
export {
  type LiveGraphActor,
  type LiveGraphContext,
  type LiveGraphEvent,
  liveGraphMachine,
} from "./live-graph/machine.ts"
export { type LiveStepEvent, type LiveStepState, liveStepMachine, nextLiveStepState } from "./live-graph/step.ts"
export {
  type FanOutCounts,
  type PipelineActor,
  type PipelineContext,
  type PipelineEvent,
  type PipelineMachine,
  type PipelineMeta,
  type PipelineMove,
  type PipelineSnapshot,
  pipelineMachine,
} from "./pipeline/machine.ts"
export type {
  FanOutShape,
  GraphShape,
  GraphStepShape,
  PipelineShape,
  SequenceShape,
  StepShape,
  TaskShape,
} from "./pipeline/shape.ts"
export { nextScheduleState, type ScheduleEvent, type ScheduleState } from "./schedule/lifecycle.ts"
export { scheduleMachine } from "./schedule/machine.ts"
export { supervisorMachine, type SupervisorEvent, type SupervisorState } from "./supervisor/machine.ts"
export type { LogLevel, TaskEvent } from "./task/events.ts"
export {
  type TaskActorInput,
  type TaskActorLogic,
  type TaskActorState,
  taskLogic,
  type TaskObserver,
  type TaskStateValue,
} from "./task/logic.ts"
export { taskMachine } from "./task/machine.ts"
export type { CancelReason, Outcome, TaskFailure } from "./task/outcome.ts"
export {
  type ExecutorName,
  isSettled,
  type TaskBirth,
  type TaskKey,
  type TaskOrigin,
  type TaskPhase,
  type TaskSnapshot,
  type TaskStatus,
} from "./task/snapshot.ts"
export { transition } from "./task/transition.ts"
export type { WorkerEvent, WorkerState } from "./worker/lifecycle.ts"
export { workerMachine } from "./worker/machine.ts"
