import type { TaskSnapshot } from "../../machines/task/snapshot.ts"
import type { RosterPage } from "./roster.ts"

/** The list of the living at one moment, promised and not yet copied: of each page what it was is kept when it first changes. */
export class Capture {
  readonly #pages: readonly RosterPage[]
  readonly #kept = new Map<RosterPage, readonly TaskSnapshot[]>()
  #list: readonly TaskSnapshot[] | undefined

  constructor(pages: readonly RosterPage[]) {
    this.#pages = pages
  }

  get list(): readonly TaskSnapshot[] {
    this.#list ??= Object.freeze(this.#pages.flatMap((page) => this.#kept.get(page) ?? visibleIn(page)))
    return this.#list
  }

  /** Whether a change of this page would change the list. */
  needs(page: RosterPage): boolean {
    return this.#list === undefined && !this.#kept.has(page)
  }

  keep(page: RosterPage, snapshots: readonly TaskSnapshot[]): void {
    this.#kept.set(page, snapshots)
  }
}

/** The captures that somebody still holds. One that nobody holds any more costs nothing. */
export class Captures {
  #held: WeakRef<Capture>[] = []
  /** The latest one, while nothing has changed since. */
  #latest: WeakRef<Capture> | undefined

  take(pages: readonly RosterPage[]): Capture {
    const latest = this.#latest?.deref()
    if (latest !== undefined) return latest
    const capture = new Capture(pages)
    this.#latest = new WeakRef(capture)
    this.#held.push(this.#latest)
    return capture
  }

  /** To be called before anything in `page` changes. */
  beforeChange(page: RosterPage | undefined): void {
    this.#latest = undefined
    if (this.#held.length === 0) return
    let snapshots: readonly TaskSnapshot[] | undefined
    let gone = 0
    for (const reference of this.#held) {
      const capture = reference.deref()
      if (capture === undefined) gone++
      else if (page !== undefined && capture.needs(page)) capture.keep(page, (snapshots ??= visibleIn(page)))
    }
    if (gone > 0) this.#held = this.#held.filter((reference) => reference.deref() !== undefined)
  }
}

function visibleIn({ tasks }: RosterPage): readonly TaskSnapshot[] {
  return tasks.flatMap((task) => (task?.plan.visible === true ? [task.snapshot] : []))
}
