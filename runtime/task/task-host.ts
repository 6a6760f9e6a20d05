import type { ActorRef } from "xstate"
import type { TaskEvent } from "../../machines/task/events.ts"
import type { CancelReason } from "../../machines/task/outcome.ts"
import type { TaskSnapshot } from "../../machines/task/snapshot.ts"
import type { TaskActorSnapshot } from "./handle.ts"
import type { CancelReceipt } from "./receipt.ts"
import type { Task } from "./task.ts"

// oxlint-disable-next-line typescript/no-explicit-any -- as in TaskHandle.actor
export type TaskActorRef = ActorRef<TaskActorSnapshot<unknown>, any, any>

/** What a task asks of its supervisor. */
export interface TaskHost {
  readonly idPrefix: string
  actorOf(task: Task): TaskActorRef
  cancel(task: Task, reason: CancelReason): Promise<CancelReceipt>
  beforeChange(task: Task): void
  changed(task: Task, before: TaskSnapshot, after: TaskSnapshot, event: TaskEvent): void
  timer(ms: number, callback: () => void): () => void
  /** @throws StoreError what will never be in the store. */
  persisted(task: Task): Promise<void>
}
