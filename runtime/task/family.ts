import type { Task } from "./task.ts"

/** A task's ties to others. Made for those that have any. */
export class Family {
  parent: Task | undefined = undefined
  /** The id that a child was given by its parent's body. */
  id: string | undefined = undefined
  /** Living children. */
  children: Set<Task> | undefined = undefined
  /** The parent's attempt, which follows the progress. */
  follow: ((progress: number) => void) | undefined = undefined
}
