/** Who stands under whom. */
export interface Family {
  readonly roots: readonly string[]
  /** The children of each task that has any. */
  readonly children: ReadonlyMap<string, readonly string[]>
}

/**
 * @param alive Each living task's id, followed by its parent's or undefined.
 * @param chosen The roots; by default all of the living whose parent is not among them.
 */
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
