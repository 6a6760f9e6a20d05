import type { ActorLogic, EventObject, Snapshot } from "xstate"
import type { TaskEvent } from "./events.ts"
import { taskMachine } from "./machine.ts"
import type { Outcome } from "./outcome.ts"
import { newborn, type TaskBirth, type TaskPhase, type TaskSnapshot, type TaskStatus } from "./snapshot.ts"
import { transition } from "./transition.ts"

/** The statechart's own notation of a state: `{ running: "executing" }`, `"completed"`. */
export type TaskStateValue = TaskStatus | Partial<Record<TaskStatus, TaskPhase>>

/** Who acts upon a task's changes. Called once for each, after the actor has its new snapshot and before its subscribers see it. */
export interface TaskObserver {
  changed(before: TaskSnapshot, after: TaskSnapshot, event: TaskEvent): void
}

/** A new task, or one that lives already and only gets its actor now. */
export interface TaskActorInput {
  readonly task: TaskBirth | TaskSnapshot
  readonly observer?: TaskObserver
}

/** The snapshot of a task's actor. Its `status` is XState's: "done" for every settled task, whatever its outcome. */
export class TaskActorState implements PersistedTask {
  readonly status: "active" | "done" | "stopped"
  readonly value: TaskStateValue
  readonly context: TaskSnapshot
  readonly output: Outcome<unknown> | undefined
  readonly error = undefined
  // Private to the class, so that inspectors and persistence do not follow it into the runtime.
  readonly #observer: TaskObserver | undefined

  constructor(context: TaskSnapshot, observer: TaskObserver | undefined, stopped = false) {
    this.context = context
    this.output = context.outcome
    this.value = stateValue(context)
    this.status = stopped ? "stopped" : context.outcome === undefined ? "active" : "done"
    this.#observer = observer
  }

  get observer(): TaskObserver | undefined {
    return this.#observer
  }
}

interface PersistedTask {
  readonly status: Snapshot<unknown>["status"]
  readonly context: TaskSnapshot
}

// XState's snapshot type is a union by status; the class holds all its fields, and is told to be one of them here once.
export type TaskActorLogic = ActorLogic<
  TaskActorState & Snapshot<Outcome<unknown>>,
  TaskEvent,
  TaskActorInput | TaskBirth
>

type State = TaskActorState & Snapshot<Outcome<unknown>>

/**
 * The actor logic of the tasks that somebody looks into: `taskMachine`, written by hand because that costs a fifth (18-25 µs for one
 * life of a `createMachine` actor, 2-5 for one of these). The others go through `transition` alone, and become actors when somebody
 * looks. Inspectors read `config`, so they draw the statechart and light up `value`.
 */
export const taskLogic: TaskActorLogic = {
  config: taskMachine.config,

  getInitialSnapshot: (_scope, input) => {
    const { task, observer } = "task" in input ? input : { task: input, observer: undefined }
    return state("sequence" in task ? task : newborn(task), observer)
  },

  transition: (snapshot, event, scope) => {
    if (isStop(event)) return state(snapshot.context, snapshot.observer, true)
    const before = snapshot.context
    const after = transition(before, event)
    if (after === before) return snapshot
    const { observer } = snapshot
    if (observer !== undefined) scope.defer(() => observer.changed(before, after, event))
    return state(after, observer)
  },

  getPersistedSnapshot: ({ status, value, context, output }) =>
    ({ status, value, context, output, error: undefined }) as unknown as Snapshot<unknown>,

  restoreSnapshot: (persisted) => state((persisted as unknown as PersistedTask).context, undefined),
}

function state(context: TaskSnapshot, observer: TaskObserver | undefined, stopped = false): State {
  return new TaskActorState(context, observer, stopped) as State
}

/** XState's own event for an actor that its parent stops. */
function isStop(event: EventObject): boolean {
  return event.type === "xstate.stop"
}

const values: Readonly<Record<Exclude<TaskPhase, "settled">, TaskStateValue>> = {
  queued: { pending: "queued" },
  delayed: { pending: "delayed" },
  backoff: { pending: "backoff" },
  executing: { running: "executing" },
  cancelling: { running: "cancelling" },
}

/** Where a task is, in the statechart's own notation. */
export function stateValue(task: TaskSnapshot): TaskStateValue {
  return task.phase === "settled" ? task.status : values[task.phase]
}
