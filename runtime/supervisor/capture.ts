import type { TaskSnapshot } from "../../machines/task/snapshot.ts"

/** Something whose content can be promised: to be kept as it is for whoever holds the promise. */
export interface Promised<Content extends object> {
  promised: ContentPromise<Content> | undefined
  /** What it holds now. */
  content(): Content
}

/** The content of something as it is until its next change, for all captures that were taken meanwhile; copied then at the latest. */
export class ContentPromise<Content extends object> {
  readonly #of: Promised<Content>
  #kept: Content | undefined = undefined

  constructor(of: Promised<Content>) {
    this.#of = of
  }

  /** Called before it changes at the latest. */
  keep(): Content {
    this.#kept ??= this.#of.content()
    return this.#kept
  }
}

/** The same one until the next change. Not held weakly: asking whether somebody still holds it costs more than the copy. */
export function promiseOf<Content extends object>(of: Promised<Content>): ContentPromise<Content> {
  of.promised ??= new ContentPromise(of)
  return of.promised
}

/** To be called before anything in it changes. */
export function keepPromise(of: Promised<object>): void {
  if (of.promised === undefined) return
  of.promised.keep()
  of.promised = undefined
}

export type PagePromise = ContentPromise<readonly TaskSnapshot[]>
export type ShelfPromise = ContentPromise<readonly PagePromise[]>

/** The list of the living at one moment, promised shelf by shelf and not copied before somebody reads it. */
export class Capture {
  readonly #shelves: readonly ShelfPromise[]
  #list: readonly TaskSnapshot[] | undefined = undefined

  constructor(shelves: readonly ShelfPromise[]) {
    this.#shelves = shelves
  }

  get list(): readonly TaskSnapshot[] {
    this.#list ??= Object.freeze(this.#shelves.flatMap((shelf) => shelf.keep().flatMap((page) => page.keep())))
    return this.#list
  }
}
