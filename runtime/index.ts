/** All that a preset makes public, but for the supervisor with its platform's executors. Names one by one. */
export type { FanOutCounts, PipelineActor, PipelineContext, PipelineSnapshot } from "../machines/pipeline/machine.ts"
export type { LiveGraphActor } from "../machines/live-graph/machine.ts"
export type { LiveStepState } from "../machines/live-graph/step.ts"
export type { LogLevel } from "../machines/task/events.ts"
export type { CancelReason, Outcome, TaskFailure } from "../machines/task/outcome.ts"
export type {
  ExecutorName,
  TaskKey,
  TaskOrigin,
  TaskPhase,
  TaskSnapshot,
  TaskStatus,
} from "../machines/task/snapshot.ts"
export type { TaskContext } from "./context/context.ts"
export type { BodyInfo, BodyLink, ChildBirth, ChildLink, ProgressShare } from "./context/link.ts"
export { transfer } from "./context/transfer.ts"
export { defineTask, events } from "./definition/define-task.ts"
export type {
  AnyTaskCall,
  AnyTaskDefinition,
  BodyResult,
  EventMap,
  StandardSchema,
  TaskCall,
  TaskDefinition,
  TaskOptions,
} from "./definition/definition.ts"
export type { DurationInput } from "./definition/duration.ts"
export type { RateLimit, RetryPolicy, TaskSettings } from "./definition/settings.ts"
export type { EffectEvent, EffectLogic, EffectScope, EffectSnapshot } from "./embedding/from-effect.ts"
export type {
  InvokedTaskEvent,
  InvokedTaskInput,
  InvokedTaskLogic,
  InvokedTaskOptions,
  InvokedTaskSnapshot,
} from "./embedding/invoked-task.ts"
export type { TaskFact, TaskFactOrigin } from "./events/task-fact.ts"
export {
  describeCancel,
  describeFailure,
  TaskCancelledError,
  TaskFailedError,
  TaskNotFoundError,
  TaskTimeoutError,
} from "./failure/errors.ts"
export { StoreError, type StoreProblem } from "./failure/store-error.ts"
export type { EncodedError } from "./failure/codec/encoded-error.ts"
export type { EncodedFailure, EncodedOutcome, EncodedSnapshot } from "./failure/codec/failure-codec.ts"
export { type ErrorClass, registerErrorClass } from "./failure/codec/error-classes.ts"
export type { LiveGraph, LiveGraphOptions, LiveGraphSnapshot, LiveStep } from "./live-graph/live-graph.ts"
export type {
  FittingSteps,
  Graph,
  GraphOutcomes,
  GraphOutputs,
  GraphStep,
  GraphStepAfter,
  GraphStepInput,
  GraphStepOutput,
  OtherSteps,
} from "./pipeline/graph.ts"
export type { GroupOptions, OutcomesOf, OutputsOf } from "./pipeline/group.ts"
export type { Pipeline } from "./pipeline/pipeline.ts"
export type { PipelineStep, StepDefinition } from "./pipeline/step.ts"
export type { Clock } from "./ports/clock.ts"
export type {
  EntryData,
  Kept,
  KeptCall,
  LogEntry,
  LogRange,
  NewEntry,
  RecordBirth,
  RecordChange,
  Store,
  StoreBatch,
  StoreHost,
  StoreReader,
  StoreRequest,
  StoreSession,
  TaskPage,
  TaskQuery,
  TaskRecord,
  TaskSort,
} from "./ports/store.ts"
export type { AbortCause, Attempt, Executor, ExecutorHost } from "./ports/executor.ts"
export type { Inspect, QueueOptions, Supervisor, SupervisorOptions, TaskSelector } from "./supervisor/supervisor.ts"
export type { AnySupervisor, SupervisorSnapshot, TaskControl, TaskView } from "./supervisor/view.ts"
export type { ChildHandle, PipelineHandle, TaskActorSnapshot, TaskHandle } from "./task/handle.ts"
export type { CancelReceipt } from "./task/receipt.ts"
export type { KeyPolicy, RunOptions } from "./task/run-options.ts"
