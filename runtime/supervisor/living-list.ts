import type { TaskSnapshot } from "../../machines/task/snapshot.ts"
import type { Task } from "../task/task.ts"
import { Capture, keepPromise, type PagePromise, type Promised, promiseOf, type ShelfPromise } from "./capture.ts"

const pageSize = 64
const shelfSize = 64

/** A run of neighbours in the list of the living, in the order in which they came. */
export class RosterPage implements Promised<readonly TaskSnapshot[]> {
  readonly shelf: Shelf
  readonly firstSerial: number
  readonly tasks: (Task | undefined)[] = []
  count = 0
  promised: PagePromise | undefined = undefined

  constructor(shelf: Shelf, firstSerial: number) {
    this.shelf = shelf
    this.firstSerial = firstSerial
  }

  get isFull(): boolean {
    return this.tasks.length === pageSize
  }

  content(): readonly TaskSnapshot[] {
    return this.tasks.flatMap((task) => (task?.plan.visible === true ? [task.snapshot] : []))
  }
}

/** A run of neighbouring pages. */
class Shelf implements Promised<readonly PagePromise[]> {
  readonly firstSerial: number
  readonly pages: RosterPage[] = []
  /** How many pages have been put here, those that are gone included. */
  size = 0
  promised: ShelfPromise | undefined = undefined

  constructor(firstSerial: number) {
    this.firstSerial = firstSerial
  }

  content(): readonly PagePromise[] {
    return this.pages.map(promiseOf)
  }
}

/**
 * The living tasks in the order in which they came. Joining, leaving and finding cost the same however many live; a capture costs a
 * reference for each 4,096 of them, and the change that follows one a copy of a page and of a shelf, until somebody reads its list.
 */
export class LivingList {
  readonly #shelves: Shelf[] = []
  /** The latest one, while nothing has changed since. */
  #capture: Capture | undefined
  #length = 0

  get length(): number {
    return this.#length
  }

  *[Symbol.iterator](): IterableIterator<Task> {
    for (const shelf of [...this.#shelves]) {
      for (const page of [...shelf.pages]) {
        for (const task of page.tasks) if (task !== undefined) yield task
      }
    }
  }

  /** To be called before a task in it changes: what was promised to the holders of older captures is kept for them. */
  beforeChange({ page }: Task): void {
    this.#capture = undefined
    if (page !== undefined) keepPromises(page)
  }

  add(task: Task): void {
    const page = this.#pageFor(task)
    this.#capture = undefined
    keepPromises(page)
    this.#length++
    task.page = page
    task.place = page.tasks.length
    page.tasks.push(task)
    page.count++
  }

  remove(task: Task): void {
    const { page } = task
    if (page === undefined) return
    this.beforeChange(task)
    this.#length--
    page.tasks[task.place] = undefined
    task.page = undefined
    page.count--
    // The page that is being filled stays; an empty one in the middle would only be skipped for ever.
    if (page.count === 0 && (page.isFull || this.#length === 0)) this.#drop(page)
  }

  /** Serial numbers only grow, so the shelves and pages are in their order. */
  find(serial: number): Task | undefined {
    const isNotAfter = ({ firstSerial }: Shelf | RosterPage): boolean => firstSerial <= serial
    const page = this.#shelves.findLast(isNotAfter)?.pages.findLast(isNotAfter)
    return page?.tasks.find((task) => task?.serial === serial)
  }

  /** The living visible tasks as they are now, copied only when somebody reads. The same one while nothing changes. */
  capture(): Capture {
    this.#capture ??= new Capture(this.#shelves.map(promiseOf))
    return this.#capture
  }

  #pageFor({ serial }: Task): RosterPage {
    let shelf = this.#shelves.at(-1)
    const latest = shelf?.pages.at(-1)
    if (latest !== undefined && !latest.isFull) return latest
    if (shelf === undefined || shelf.size === shelfSize) {
      shelf = new Shelf(serial)
      this.#shelves.push(shelf)
    }
    keepPromise(shelf)
    const page = new RosterPage(shelf, serial)
    shelf.pages.push(page)
    shelf.size++
    return page
  }

  #drop(page: RosterPage): void {
    const { shelf } = page
    shelf.pages.splice(shelf.pages.indexOf(page), 1)
    if (shelf.pages.length === 0) this.#shelves.splice(this.#shelves.indexOf(shelf), 1)
  }
}

/** The outer promise first: it is made of the inner ones. */
function keepPromises(page: RosterPage): void {
  keepPromise(page.shelf)
  keepPromise(page)
}
