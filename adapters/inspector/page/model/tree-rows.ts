import type { Actor } from "./actor.ts"
import { type Filter, isEmpty, matches } from "./filter.ts"

/** A line of the tree. */
export interface TreeRow {
  readonly actor: Actor
  /** From 1. */
  readonly level: number
  readonly isExpandable: boolean
  readonly isExpanded: boolean
  /** Its place among its siblings, from 1, and how many they are. */
  readonly position: number
  readonly siblings: number
}

/**
 * The lines of the tree, top to bottom. With a filter: what matches it, and whatever that is in, all opened.
 *
 * @param isClosed Whether somebody has closed that branch.
 */
export function treeRows(
  roots: readonly Actor[],
  isClosed: (actor: Actor) => boolean,
  filter: Filter,
  moment: number | undefined,
): TreeRow[] {
  const wanted = isEmpty(filter) ? undefined : new Set<Actor>()
  if (wanted !== undefined) for (const root of roots) collect(root, filter, moment, wanted)
  const isThere = (actor: Actor): boolean =>
    (wanted === undefined || wanted.has(actor)) && (moment === undefined || actor.stageAt(moment) !== undefined)
  const rows: TreeRow[] = []
  const walk = (actors: readonly Actor[], level: number): void => {
    const shown = wanted === undefined && moment === undefined ? actors : actors.filter(isThere)
    for (const [index, actor] of shown.entries()) {
      const isExpandable = actor.children.length > 0
      const isExpanded = isExpandable && (wanted !== undefined || !isClosed(actor))
      rows.push({ actor, level, isExpandable, isExpanded, position: index + 1, siblings: shown.length })
      if (isExpanded) walk(actor.children, level + 1)
    }
  }
  walk(roots, 1)
  return rows
}

/** Adds an actor to the wanted where it matches, or where something within it does. */
function collect(actor: Actor, filter: Filter, moment: number | undefined, wanted: Set<Actor>): boolean {
  let isWanted = matches(actor, filter, moment)
  for (const child of actor.children) if (collect(child, filter, moment, wanted)) isWanted = true
  if (isWanted) wanted.add(actor)
  return isWanted
}
