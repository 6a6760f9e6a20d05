import type { Task } from "../task/task.ts"

/**
 * The latest settled tasks: at least `size` of them, and fewer than twice as many. Two generations, of which the older one goes as a
 * whole: taking them out one by one would cost more than the rest of a short task's end.
 */
export class History {
  readonly #size: number
  #young: Task[] = []
  #old: Task[] = []

  constructor(size: number) {
    this.#size = size
  }

  add(task: Task): void {
    if (this.#size === 0) return
    if (this.#young.length >= this.#size) {
      this.#old = this.#young
      this.#young = []
    }
    this.#young.push(task)
  }

  get(id: string): Task | undefined {
    const isIt = (task: Task): boolean => task.id === id || task.family?.aliases.includes(id) === true
    return this.#young.findLast(isIt) ?? this.#old.findLast(isIt)
  }
}
