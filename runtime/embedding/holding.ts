import type { TaskSnapshot } from "../../machines/task/snapshot.ts"
import type { TaskHandle } from "../task/handle.ts"

/** How many actors hold each task that one of them has started. */
const holders = new WeakMap<TaskHandle, number>()

/** An actor's hold on its task. What an actor has started ends with the last actor that holds it. */
export class Holding {
  readonly handle: TaskHandle
  /** Whether its end is the actors' business. */
  readonly isOurs: boolean
  #unsubscribe: (() => void) | undefined = undefined
  #isOver = false

  private constructor(handle: TaskHandle, isOurs: boolean) {
    this.handle = handle
    this.isOurs = isOurs
    if (isOurs) holders.set(handle, (holders.get(handle) ?? 0) + 1)
  }

  /** Of a task that the actor, or its former self, has started. */
  static of(handle: TaskHandle): Holding {
    return new Holding(handle, true)
  }

  /** Of a task that was alive already: somebody else's, unless that is another actor. */
  static joined(handle: TaskHandle): Holding {
    return new Holding(handle, holders.has(handle))
  }

  /** Tells of the task as it is now, and of each change. */
  follow(listener: (snapshot: TaskSnapshot) => void): void {
    // A supervisor's `dispatch` may bring what it was given before the actor was stopped.
    this.#unsubscribe = this.handle.subscribe((snapshot) => {
      if (!this.#isOver) listener(snapshot)
    })
    listener(this.handle.snapshot)
  }

  letGo(because: string): void {
    this.#isOver = true
    this.#unsubscribe?.()
    if (!this.isOurs) return
    const others = (holders.get(this.handle) ?? 1) - 1
    holders.set(this.handle, others)
    if (others === 0) void this.handle.cancel(because)
  }
}
