import type { Task } from "./task.ts"

/** A task's ties to others. Made for those that have any. */
export class Family {
  parent: Task | undefined = undefined
  /** The id that a child was given by its parent's body. */
  id: string | undefined = undefined
  /** By which parents know it that have joined it from a worker. */
  aliases: string[] | undefined = undefined
  /** Of a pipeline's step: which one it is, as the store remembers it. */
  step: string | undefined = undefined
  /** It was left by another program, and what is below it may have been too. */
  wasLeft = false
  /** Living children. */
  children: Set<Task> | undefined = undefined
  /** Attempts that follow the progress: the parent's, and those of others that have joined. */
  #followers: ((progress: number) => void)[] | undefined = undefined
  /** Told when an attempt begins. */
  beginning: { began(): void } | undefined = undefined

  /** From now on `follower` is told. Hardly any child has two: an array that is made of one has no room for more until they come. */
  addFollower(follower: (progress: number) => void): void {
    if (this.#followers === undefined) this.#followers = [follower]
    else this.#followers.push(follower)
  }

  tell(progress: number): void {
    if (this.#followers !== undefined) for (const follow of this.#followers) follow(progress)
  }
}
