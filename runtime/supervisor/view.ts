import type { Outcome } from "../../machines/task/outcome.ts"
import type { TaskSnapshot, TaskStatus } from "../../machines/task/snapshot.ts"
import type { TaskFact } from "../events/task-fact.ts"
import type { Supervisor } from "./supervisor.ts"

/** All tasks at one moment. Immutable. */
export interface SupervisorSnapshot {
  readonly state: "open" | "draining" | "stopping" | "stopped"
  /** Live visible tasks, oldest first. */
  readonly tasks: readonly TaskSnapshot[]
  /**
   * Mean over the visible tasks of the current batch, finished ones included; 1 when nothing is alive. A batch begins when a
   * task is submitted while none is alive. A child task counts in its parent's progress, not here.
   */
  readonly progress: number
  /** Visible tasks by status: the living ones now, the settled ones since the supervisor was made. */
  readonly counts: Readonly<Record<TaskStatus, number>>
}

/**
 * The one read interface of all that looks on (the view in a terminal, the hooks for React, the command line): it knows nothing of where
 * the supervisor is. A view of a distant one may learn of a task later than the one who submitted it; until then its id is unknown to it,
 * which is an answer and no error. All of it costs the same however many tasks there are.
 */
export interface TaskView {
  /** The whole, as it is now. The same object until the next change. */
  getSnapshot(): SupervisorSnapshot
  /** At most one call in a tick, with an immutable snapshot. Returns the unsubscriber. */
  subscribe(listener: (snapshot: SupervisorSnapshot) => void): () => void
  /** Every fact of every task, hidden ones included, in order and at once. Returns the unsubscriber. */
  onFact(listener: (fact: TaskFact) => void): () => void
  /** The task with this id as it is now; undefined for an unknown id. The same object until the task's next change. */
  snapshotOf(id: string): TaskSnapshot | undefined
  /**
   * Calls back with each new snapshot of this task alone, as `handle.subscribe` does; where its id is unknown, not before the view learns
   * of it. While anybody is subscribed to a task, it is not forgotten. Returns the unsubscriber.
   */
  subscribeTo(id: string, listener: (snapshot: TaskSnapshot) => void): () => void
  /** Calls back with each event of that name of this task's body, from now on, as `handle.on` does. Returns the unsubscriber. */
  onEventOf(id: string, name: string, listener: (data: unknown) => unknown): () => void
  /**
   * How the task ends: one promise for all that ask. It can be asked for again where the task has been forgotten meanwhile. Rejects with
   * TaskNotFoundError for an id that the supervisor does not know.
   */
  outcomeOf(id: string): Promise<Outcome<unknown>>
}

/** What one who looks on may ask of the supervisor, wherever it is. A task that is run has its id, and its handle, at once. */
export type TaskControl = Pick<Supervisor, "run" | "cancel">

/** A supervisor, wherever it is: what the hooks for React work with. */
export type AnySupervisor = TaskView & TaskControl
