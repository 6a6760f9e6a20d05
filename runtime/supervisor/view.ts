import type { TaskFact } from "../events/task-fact.ts"
import type { TaskSnapshot, TaskStatus } from "../../machines/task/snapshot.ts"

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
 * The one read interface of all that looks on: the terminal view and the command line today; it knows nothing of where the
 * supervisor is.
 */
export interface TaskView {
  getSnapshot(): SupervisorSnapshot
  /** At most one call in a tick, with an immutable snapshot. Returns the unsubscriber. */
  subscribe(listener: (snapshot: SupervisorSnapshot) => void): () => void
  /** Every fact of every task, hidden ones included, in order and at once. Returns the unsubscriber. */
  onFact(listener: (fact: TaskFact) => void): () => void
}
