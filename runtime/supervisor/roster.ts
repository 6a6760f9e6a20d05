import { isSettled, type TaskSnapshot, type TaskStatus } from "../../machines/task/snapshot.ts"
import { Family } from "../task/family.ts"
import type { Task } from "../task/task.ts"
import type { Capture } from "./capture.ts"
import { Followed } from "./followed.ts"
import { History } from "./history.ts"
import { LivingList } from "./living-list.ts"

/** Everybody's progress and number, counted as they change and never from the list. */
interface Batch {
  size: number
  progress: number
}

/**
 * The living tasks, and what is summed up over them. Adding a task, changing one and reading the sums cost the same however many live.
 */
export class Roster {
  readonly #living = new LivingList()
  readonly #counts: Record<TaskStatus, number> = { pending: 0, running: 0, completed: 0, failed: 0, cancelled: 0 }
  /** The living whose id does not tell their place. */
  readonly #byId = new Map<string, Task>()
  readonly #followed = new Followed()
  readonly #history: History
  readonly #idPrefix: string
  readonly #kept: (id: string) => Task | undefined
  #batch: Batch = { size: 0, progress: 0 }
  #visible = 0

  /** @param kept What a store knows of a task that is known here no more. */
  constructor(idPrefix: string, history: number, kept: (id: string) => Task | undefined = () => undefined) {
    this.#idPrefix = idPrefix
    this.#kept = kept
    this.#history = new History(history)
  }

  /** How many live, the hidden ones included. */
  get alive(): number {
    return this.#living.length
  }

  get counts(): Readonly<Record<TaskStatus, number>> {
    return { ...this.#counts }
  }

  /** Mean over the roots of the current batch; 1 when nothing is alive. */
  get progress(): number {
    if (this.#visible === 0 || this.#batch.size === 0) return 1
    return Math.min(1, Math.max(0, this.#batch.progress / this.#batch.size))
  }

  living(): Iterable<Task> {
    return this.#living
  }

  get(id: string): Task | undefined {
    return this.#followed.get(id) ?? this.livingWith(id) ?? this.#history.get(id) ?? this.#kept(id)
  }

  /** Whoever follows a task by its id finds it by that, settled and forgotten by the history or not, until the returned function is called. */
  follow(task: Task, id: string): () => void {
    return this.#followed.add(task, id)
  }

  livingWith(id: string): Task | undefined {
    const serial = this.#serialOf(id)
    return serial === undefined ? this.#byId.get(id) : this.#living.find(serial)
  }

  add(task: Task): void {
    if (task.family?.id !== undefined) this.#byId.set(task.family.id, task)
    this.#living.add(task)
    if (!task.plan.visible) return
    if (this.#visible++ === 0) this.#batch = { size: 0, progress: 0 }
    this.#counts.pending++
    if (task.parent !== undefined) return
    this.#batch.size++
    // One that another program has left may have come somewhere already.
    if (task.family?.wasLeft === true) this.#batch.progress += task.snapshot.progress
  }

  /** A task is found by this id as well, for as long as it is found by its own. */
  alsoCall(task: Task, id: string): void {
    task.family ??= new Family()
    task.family.aliases ??= []
    task.family.aliases.push(id)
    this.#byId.set(id, task)
  }

  /** To be called before `task` changes: what was promised to the holders of older snapshots is kept for them. */
  beforeChange(task: Task): void {
    this.#living.beforeChange(task)
  }

  changed(task: Task, before: TaskSnapshot, after: TaskSnapshot): void {
    if (before.status !== after.status && after.visible) {
      this.#counts[before.status]--
      this.#counts[after.status]++
    }
    if (after.visible && task.parent === undefined) this.#batch.progress += after.progress - before.progress
    if (isSettled(after)) this.#remove(task)
  }

  /** The living visible tasks as they are now, copied only when somebody reads. The same one while nothing changes. */
  capture(): Capture {
    return this.#living.capture()
  }

  #remove(task: Task): void {
    if (task.family !== undefined) this.#forgetIdsOf(task.family)
    if (task.plan.visible) this.#visible--
    this.#living.remove(task)
    this.#history.add(task)
  }

  #forgetIdsOf({ id, aliases }: Family): void {
    if (id !== undefined) this.#byId.delete(id)
    if (aliases !== undefined) for (const alias of aliases) this.#byId.delete(alias)
  }

  #serialOf(id: string): number | undefined {
    if (!id.startsWith(this.#idPrefix)) return undefined
    const serial = id.slice(this.#idPrefix.length)
    return /^\d+$/.test(serial) ? Number(serial) : undefined
  }
}
