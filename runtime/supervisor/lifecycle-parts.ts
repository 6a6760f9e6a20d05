import type { AnyActorRef } from "xstate"
import type { Timers } from "../clock/timers.ts"
import type { ChildBirth } from "../context/link.ts"
import type { AnyTaskCall } from "../definition/definition.ts"
import type { Journal } from "../journal/journal.ts"
import type { LeftSteps } from "../journal/left-steps.ts"
import type { Clock } from "../ports/clock.ts"
import type { RunOptions } from "../task/run-options.ts"
import type { Task } from "../task/task.ts"
import type { Admission } from "./admission.ts"
import type { Callbacks } from "./callbacks.ts"
import type { Executors } from "./executors.ts"
import type { Publisher } from "./publisher.ts"
import type { Roster } from "./roster.ts"

/** What the lifecycle works with: the other rooms of the supervisor. */
export interface LifecycleParts {
  readonly clock: Clock
  readonly timers: Timers
  readonly random: () => number
  readonly idPrefix: string
  readonly supervisorActor: AnyActorRef
  /** Somebody looks into the machines: every task has its actor from the first moment on. */
  isInspected(): boolean
  readonly admission: Admission
  readonly executors: Executors
  readonly roster: Roster
  readonly callbacks: Callbacks
  readonly publisher: Publisher
  /** Where there is a store. */
  readonly journal: Journal | undefined
  /** What is left of a pipeline's steps that another program ran. */
  stepsOf(task: Task): LeftSteps | undefined
  submitChild(parent: Task, call: AnyTaskCall, options: RunOptions | undefined, birth: ChildBirth | undefined): Task
  /** A task has settled: what it kept from others is theirs. */
  freed(task: Task): void
  /** All who watch it have been told. */
  afterSettled(): void
}
