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
  #followers: Follower | Set<Follower> | undefined = undefined
  /** Told when an attempt begins. */
  beginning: { began(): void } | undefined = undefined

  /** From now on `follower` is told. Hardly any child has two. */
  addFollower(follower: Follower): void {
    if (this.#followers === undefined) this.#followers = follower
    else if (this.#followers instanceof Set) this.#followers.add(follower)
    else this.#followers = new Set([this.#followers, follower])
  }

  removeFollower(follower: Follower): void {
    if (this.#followers instanceof Set) this.#followers.delete(follower)
    else if (this.#followers === follower) this.#followers = undefined
  }

  tell(progress: number): void {
    if (this.#followers instanceof Set) for (const follow of this.#followers) follow(progress)
    else this.#followers?.(progress)
  }
}

/** Told how far a task has come. */
type Follower = (progress: number) => void

export function rootOf(task: Task): Task {
  let root = task
  while (root.parent !== undefined) root = root.parent
  return root
}
