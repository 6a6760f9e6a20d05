import type { TaskKey } from "../../machines/task/snapshot.ts"
import { show } from "../failure/show.ts"
import type { Task } from "../task/task.ts"

/** Who holds which key: for each the one that may run, and behind it those that wait for its end. */
export class Keys {
  readonly #holders = new Map<string, Task[]>()

  /** The living task that this key means: not one that another has replaced. */
  find(key: TaskKey): Task | undefined {
    const tasks = this.#holders.get(keyText(key))
    return (
      tasks?.find((task) => !task.snapshot.cancelRequested && task.attempt?.cancelWanted === undefined) ?? tasks?.[0]
    )
  }

  /** All that hold a key or wait for it. */
  all(key: TaskKey): readonly Task[] {
    return this.#holders.get(keyText(key)) ?? []
  }

  /** Joins the end; true when nobody is before it. */
  claim(key: TaskKey, task: Task): boolean {
    const text = keyText(key)
    const tasks = this.#holders.get(text)
    if (tasks !== undefined) {
      tasks.push(task)
      return false
    }
    this.#holders.set(text, [task])
    return true
  }

  /** A settled task gives its key up; gives the one that may run now, if that changes. */
  release(key: TaskKey, task: Task): Task | undefined {
    const text = keyText(key)
    const tasks = this.#holders.get(text)
    if (tasks === undefined) return undefined
    const index = tasks.indexOf(task)
    if (index >= 0) tasks.splice(index, 1)
    if (tasks.length === 0) this.#holders.delete(text)
    return index === 0 ? tasks[0] : undefined
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
