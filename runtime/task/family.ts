import type { Task } from "./task.ts"

/** A task's ties to others. Made for those that have any. */
export class Family {
  parent: Task | undefined = undefined
  /** The id that a child was given by its parent's body. */
  id: string | undefined = undefined
  /** By which parents know it that have joined it from a worker. */
  readonly aliases: string[] = []
  /** Living children. */
  children: Set<Task> | undefined = undefined
  /** Attempts that follow the progress: the parent's, and those of others that have joined. */
  readonly followers: ((progress: number) => void)[] = []
  /** Told when an attempt begins. */
  began: (() => void) | undefined = undefined

  tell(progress: number): void {
    for (const follow of this.followers) follow(progress)
  }
}
