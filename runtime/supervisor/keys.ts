import type { TaskKey } from "../../machines/task/snapshot.ts"
import { show } from "../failure/show.ts"
import type { Task } from "../task/task.ts"

/** Who holds which key: for each the one that may run, and behind it those that wait for its end. */
export class Keys {
  readonly #holders = new Map<string, Task[]>()
  /** A living task by its id, which is its key where it has no other. */
  readonly #living: (id: string) => Task | undefined
  /** Tasks without a key of their own, for whose id others wait. */
  readonly #awaited = new Set<Task>()

  constructor(living: (id: string) => Task | undefined) {
    this.#living = living
  }

  /** The living task that this key means: not one that another has replaced. */
  find(key: TaskKey): Task | undefined {
    const tasks = this.all(key)
    return tasks.find((task) => !task.snapshot.cancelRequested && task.attempt?.cancelWanted === undefined) ?? tasks[0]
  }

  /** All that hold a key or wait for it. */
  all(key: TaskKey): readonly Task[] {
    const holders = this.#holders.get(keyText(key))
    if (holders !== undefined) return holders
    const task = this.#unkeyed(key)
    return task === undefined ? [] : [task]
  }

  /** Joins the end; true when nobody is before it. */
  claim(key: TaskKey, task: Task): boolean {
    const text = keyText(key)
    const tasks = this.#holders.get(text)
    if (tasks !== undefined) {
      tasks.push(task)
      return false
    }
    const unkeyed = this.#unkeyed(key)
    this.#holders.set(text, unkeyed === undefined ? [task] : [unkeyed, task])
    if (unkeyed !== undefined) this.#awaited.add(unkeyed)
    return unkeyed === undefined
  }

  /** A settled task gives its key up; gives the one that may run now, if that changes. */
  release(task: Task): Task | undefined {
    const key = task.options?.key ?? (this.#awaited.delete(task) ? task.id : undefined)
    if (key === undefined) return undefined
    const text = keyText(key)
    const tasks = this.#holders.get(text)
    if (tasks === undefined) return undefined
    const index = tasks.indexOf(task)
    if (index >= 0) tasks.splice(index, 1)
    if (tasks.length === 0) this.#holders.delete(text)
    return index === 0 ? tasks[0] : undefined
  }

  #unkeyed(key: TaskKey): Task | undefined {
    const task = typeof key === "string" ? this.#living(key) : undefined
    return task?.options?.key === undefined ? task : undefined
  }
}

/**
 * A key as a text that is the same for equal keys only.
 *
 * @throws TypeError for anything that is no key.
 */
export function keyText(key: TaskKey): string {
  const parts: readonly unknown[] = Array.isArray(key) ? key : [key]
  if (!parts.every((part) => typeof part === "string" || (typeof part === "number" && Number.isFinite(part)))) {
    throw new TypeError(
      `Cannot use ${show(key)} as a key: a key is a text, a finite number, or an array of them such as ["machine", 7]`,
    )
  }
  return JSON.stringify(key)
}
