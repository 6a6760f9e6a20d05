import type { Task } from "../task/task.ts"

/**
 * The latest settled tasks: at least `size` of them, and fewer than twice as many. Two generations, of which the older one goes as a
 * whole: taking them out one by one would cost more than the rest of a short task's end. Their ids are read when somebody asks, once.
 */
export class History {
  readonly #size: number
  #young = new Generation()
  #old = new Generation()

  constructor(size: number) {
    this.#size = size
  }

  add(task: Task): void {
    if (this.#size === 0) return
    if (this.#young.tasks.length >= this.#size) {
      this.#old = this.#young
      this.#young = new Generation()
    }
    this.#young.tasks.push(task)
  }

  get(id: string): Task | undefined {
    return this.#young.get(id) ?? this.#old.get(id)
  }
}

class Generation {
  readonly tasks: Task[] = []
  readonly #byId = new Map<string, Task>()
  /** How many of them can be found by their ids. */
  #read = 0

  get(id: string): Task | undefined {
    for (; this.#read < this.tasks.length; this.#read++) {
      const task = this.tasks[this.#read]
      if (task !== undefined) for (const name of namesOf(task)) this.#byId.set(name, task)
    }
    return this.#byId.get(id)
  }
}

function namesOf({ id, family }: Task): readonly string[] {
  return family?.aliases === undefined ? [id] : [id, ...family.aliases]
}
