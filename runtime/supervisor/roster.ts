import { isSettled, type TaskSnapshot, type TaskStatus } from "../../machines/task/snapshot.ts"
import type { Task } from "../task/task.ts"
import { Capture, keepPromise, type PagePromise, promiseOf } from "./capture.ts"
import { History } from "./history.ts"

const pageSize = 256

/** A run of neighbours in the list of the living, in the order in which they came. */
export interface RosterPage {
  readonly firstSerial: number
  readonly tasks: (Task | undefined)[]
  count: number
  /** What holders of snapshots have been promised of it. */
  promised: WeakRef<PagePromise> | undefined
}

/** Everybody's progress and number, counted as they change and never from the list. */
interface Batch {
  size: number
  progress: number
}

/**
 * The living tasks, and what is summed up over them. Adding a task, changing one and reading the sums cost the same however many
 * live; a snapshot costs a reference for each 256 of them until somebody reads its list.
 */
export class Roster {
  readonly #pages: RosterPage[] = []
  /** The latest one, while nothing has changed since. */
  #capture: WeakRef<Capture> | undefined
  readonly #counts: Record<TaskStatus, number> = { pending: 0, running: 0, completed: 0, failed: 0, cancelled: 0 }
  /** The living whose id does not tell their place. */
  readonly #byId = new Map<string, Task>()
  readonly #history: History
  readonly #idPrefix: string
  #batch: Batch = { size: 0, progress: 0 }
  #visible = 0
  /** How many live, the hidden ones included. */
  alive = 0

  constructor(idPrefix: string, history: number) {
    this.#idPrefix = idPrefix
    this.#history = new History(history)
  }

  get counts(): Readonly<Record<TaskStatus, number>> {
    return { ...this.#counts }
  }

  /** Mean over the roots of the current batch; 1 when nothing is alive. */
  get progress(): number {
    if (this.#visible === 0 || this.#batch.size === 0) return 1
    return Math.min(1, Math.max(0, this.#batch.progress / this.#batch.size))
  }

  *living(): IterableIterator<Task> {
    for (const page of [...this.#pages]) {
      for (const task of page.tasks) if (task !== undefined) yield task
    }
  }

  get(id: string): Task | undefined {
    const serial = this.#serialOf(id)
    const living = serial === undefined ? this.#byId.get(id) : this.#find(serial)
    return living ?? this.#history.get(id)
  }

  add(task: Task): void {
    this.alive++
    if (task.family?.id !== undefined) this.#byId.set(task.family.id, task)
    this.#list(task)
    if (!task.plan.visible) return
    if (this.#visible++ === 0) this.#batch = { size: 0, progress: 0 }
    this.#counts.pending++
    if (task.parent === undefined) this.#batch.size++
  }

  /** To be called before `task` changes: what was promised to the holders of older snapshots is kept for them. */
  beforeChange(task: Task): void {
    this.#beforeChangeOf(task.page)
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
    const latest = this.#capture?.deref()
    if (latest !== undefined) return latest
    const capture = new Capture(this.#pages.map(promiseOf))
    this.#capture = new WeakRef(capture)
    return capture
  }

  #beforeChangeOf(page: RosterPage | undefined): void {
    this.#capture = undefined
    if (page !== undefined) keepPromise(page)
  }

  #remove(task: Task): void {
    this.alive--
    if (task.family?.id !== undefined) this.#byId.delete(task.family.id)
    if (task.plan.visible) this.#visible--
    this.#unlist(task)
    this.#history.add(task)
  }

  #list(task: Task): void {
    let page = this.#pages.at(-1)
    this.#beforeChangeOf(page)
    if (page === undefined || page.tasks.length === pageSize) {
      page = { firstSerial: task.serial, tasks: [], count: 0, promised: undefined }
      this.#pages.push(page)
    }
    task.page = page
    task.place = page.tasks.length
    page.tasks.push(task)
    page.count++
  }

  #unlist(task: Task): void {
    const { page } = task
    if (page === undefined) return
    page.tasks[task.place] = undefined
    task.page = undefined
    // The page that is being filled stays; an empty one in the middle would only be skipped for ever.
    if (--page.count === 0 && (page.tasks.length === pageSize || this.alive === 0)) {
      this.#pages.splice(this.#pages.indexOf(page), 1)
    }
  }

  #serialOf(id: string): number | undefined {
    if (!id.startsWith(this.#idPrefix)) return undefined
    const serial = id.slice(this.#idPrefix.length)
    return /^\d+$/.test(serial) ? Number(serial) : undefined
  }

  /** Serial numbers only grow, so the pages are in their order. */
  #find(serial: number): Task | undefined {
    const page = this.#pages.findLast(({ firstSerial }) => firstSerial <= serial)
    return page?.tasks.find((task) => task?.serial === serial)
  }
}
