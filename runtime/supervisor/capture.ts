import type { TaskSnapshot } from "../../machines/task/snapshot.ts"
import type { RosterPage } from "./roster.ts"

/** One page as it is until its next change, for all captures that were taken meanwhile; kept then, if anybody still holds one. */
export class PagePromise {
  readonly #page: RosterPage
  #snapshots: readonly TaskSnapshot[] | undefined

  constructor(page: RosterPage) {
    this.#page = page
  }

  /** The living visible tasks of the page. Called before it changes at the latest. */
  keep(): readonly TaskSnapshot[] {
    this.#snapshots ??= this.#page.tasks.flatMap((task) => (task?.plan.visible === true ? [task.snapshot] : []))
    return this.#snapshots
  }
}

/** The list of the living at one moment, promised page by page and not copied before somebody reads it. */
export class Capture {
  readonly #promises: readonly PagePromise[]
  #list: readonly TaskSnapshot[] | undefined

  constructor(promises: readonly PagePromise[]) {
    this.#promises = promises
  }

  get list(): readonly TaskSnapshot[] {
    this.#list ??= Object.freeze(this.#promises.flatMap((promise) => promise.keep()))
    return this.#list
  }
}

/** A page's promise; weakly held, so that what nobody holds any more costs nothing. */
export function promiseOf(page: RosterPage): PagePromise {
  const known = page.promised?.deref()
  if (known !== undefined) return known
  const promise = new PagePromise(page)
  page.promised = new WeakRef(promise)
  return promise
}

/** To be called before anything in `page` changes. */
export function keepPromise(page: RosterPage): void {
  if (page.promised === undefined) return
  page.promised.deref()?.keep()
  page.promised = undefined
}
