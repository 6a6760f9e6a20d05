import type { Task } from "./task.ts"

const none: readonly never[] = []

/** A task's ties to others. Made for those that have any. */
export class Family {
  parent: Task | undefined = undefined
  /** The id that a child was given by its parent's body. */
  id: string | undefined = undefined
  /** By which parents know it that have joined it from a worker. */
  aliases: readonly string[] = none
  /** Living children. */
  children: Set<Task> | undefined = undefined
  /** Attempts that follow the progress: the parent's, and those of others that have joined. */
  #followers: readonly ((progress: number) => void)[] = none
  /** Told when an attempt begins. */
  began: (() => void) | undefined = undefined

  /** From now on `follower` is told. Hardly any child has two, and an array that may grow has room for seventeen. */
  addFollower(follower: (progress: number) => void): void {
    this.#followers = [...this.#followers, follower]
  }

  tell(progress: number): void {
    for (const follow of this.#followers) follow(progress)
  }
}
