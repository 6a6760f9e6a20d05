/** Looks into a supervisor, and into machines of your own: a page on this machine, and recordings. */
export type {
  ActorFrame,
  CountsFrame,
  EventFrame,
  Frame,
  FrameEvent,
  FrameOfActor,
  FrameOrigin,
  FrameSnapshot,
  SnapshotFrame,
  TaskCounts,
} from "./frame.ts"
export type { Sanitize } from "./plain-value.ts"
export { type Inspectable, type InspectionRecorder, recordInspection, type RecorderOptions } from "./recorder.ts"
export { type Inspector, type InspectorOptions, serveInspector } from "./server/serve-inspector.ts"
export type { TaskPolicy } from "./task-policy.ts"
