import type { CancelReason, TaskFailure } from "../../machines/task/outcome.ts"
import type { AnyTaskCall, AnyTaskDefinition } from "../definition/definition.ts"
import { findUnserializable } from "../failure/codec/unserializable-path.ts"
import { pipelineExecutorName } from "../pipeline/pipeline.ts"
import type { KeptCall } from "../ports/store.ts"
import { settingsIn } from "../supervisor/check-run-options.ts"
import type { RunOptions } from "../task/run-options.ts"
import type { Task } from "../task/task.ts"
import type { Journal } from "./journal.ts"
import { canBeFound, keepCall } from "./kept-call.ts"

/** What is kept of a submission, so that another program can run the task again; or why that is not possible. */
export interface KeptSubmission {
  readonly call: KeptCall | undefined
  readonly failure: TaskFailure | undefined
}

const nothing: KeptSubmission = { call: undefined, failure: undefined }

/** A call as another program needs it. */
export function keepSubmission(
  { session }: Journal,
  call: AnyTaskCall,
  definition: AnyTaskDefinition,
  options: RunOptions | undefined,
  parent: Task | undefined,
): KeptSubmission {
  // A pipeline makes its steps again, of what it has kept itself.
  if (!canBeFound(definition) || parent?.plan.executor === pipelineExecutorName) return nothing
  const own = options === undefined ? undefined : settingsIn(options)
  const settings = own === undefined ? call.settings : { ...call.settings, ...own }
  try {
    return { call: keepCall(session, call, settings, options?.publishId), failure: undefined }
  } catch {
    const path = findUnserializable(call.args, "args", (value) => session.encode(value))
    return { call: undefined, failure: { type: "serialization", side: "input", ...(path && { path }) } }
  }
}

/** A task's birth is the first entry of its part of the log; what is refused because of a shutdown is not accepted at all. */
export function noteBirth(
  journal: Journal,
  task: Task,
  { call, failure }: KeptSubmission,
  refusal: CancelReason | undefined,
  step: string | undefined,
): void {
  const isLeft = task.parent !== undefined && journal.isLeft(task.parent)
  if (refusal?.type === "shutdown" || isLeft) return journal.leaveOut(task)
  journal.submitted(task, { call, step }, call !== undefined || failure !== undefined)
}
