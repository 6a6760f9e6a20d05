import type { TaskSnapshot } from "../../machines/task/snapshot.ts"

/** Who stands under whom. */
export interface Family {
  readonly roots: readonly string[]
  /** The children of each task that has any. */
  readonly children: ReadonlyMap<string, readonly string[]>
}

/** Each task's id, followed by its parent's or undefined: one flat list, which is quickly made and compared at each change. */
export function idsAndParents(tasks: readonly TaskSnapshot[]): readonly (string | undefined)[] {
  const flat: (string | undefined)[] = []
  for (const { id, parent } of tasks) flat.push(id, parent)
  return flat
}

/** @param chosen The roots; by default all of the living whose parent is not among them. */
export function familyOf(alive: readonly (string | undefined)[], chosen: readonly string[] | undefined): Family {
  const shown = new Set(chosen)
  const children = new Map<string, string[]>()
  const ids = new Set(alive.filter((_, index) => index % 2 === 0))
  const roots: string[] = []
  for (let index = 0; index < alive.length; index += 2) {
    const id = alive[index]
    const parent = alive[index + 1]
    if (id === undefined || shown.has(id)) continue
    if (parent === undefined || !(ids.has(parent) || shown.has(parent))) roots.push(id)
    else if (children.get(parent)?.push(id) === undefined) children.set(parent, [id])
  }
  return { roots: chosen ?? roots, children }
}
