import type { Task } from "../task/task.ts"

/** The tasks that somebody follows by their ids. They are looked up at each of their changes, and are not forgotten meanwhile. */
export class Followed {
  readonly #byId = new Map<string, { readonly task: Task; followers: number }>()

  get(id: string): Task | undefined {
    return this.#byId.get(id)?.task
  }

  /** Returns what ends it. */
  add(task: Task, id: string): () => void {
    const entry = this.#byId.get(id) ?? { task, followers: 0 }
    this.#byId.set(id, entry)
    entry.followers++
    let isOver = false
    return () => {
      if (isOver) return
      isOver = true
      if (--entry.followers === 0) this.#byId.delete(id)
    }
  }
}
