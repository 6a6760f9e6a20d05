import { hasManyChildren, noCounts, type Counts, type TaskNode } from "./task-node.ts"
import type { TaskTree } from "./task-tree.ts"

/** One task's line in the tree. */
export interface Row {
  readonly node: TaskNode
  /** For each ancestor but the first, and for the task itself: whether it is the last one shown of its siblings. */
  readonly lasts: readonly boolean[]
}

export interface Rows {
  readonly rows: readonly Row[]
  /** Tasks of the living trees that are not shown. */
  readonly hidden: Counts
}

/** Waiting tasks say little: so many of them are shown where there is room. */
const mostPending = 3

/**
 * The tasks that are worth the `limit` lines that there are, in the order of the tree: first what runs, then what failed, then
 * small families whole, then the next ones in line. Its cost depends on the limit, not on the number of tasks.
 */
export function pickRows(tree: TaskTree, limit: number): Rows {
  const chosen = new Set<TaskNode>()
  const choose = (node: TaskNode): boolean => {
    if (chosen.has(node)) return true
    if (chosen.size >= limit || (node.parent !== undefined && !choose(node.parent)) || chosen.size >= limit)
      return false
    chosen.add(node)
    return true
  }
  const chooseAll = (nodes: Iterable<TaskNode>): void => {
    for (const node of nodes) {
      if (!choose(node) && chosen.size >= limit) return
    }
  }
  chooseAll(tree.runningRoots)
  chooseAll(tree.runningChildren)
  const parents = [...chosen]
  for (const { family } of parents) chooseAll(family?.settled.filter((child) => child.status === "failed") ?? [])
  chooseAll(tree.inBackoff)
  for (const parent of parents) {
    if (parent.family === undefined || hasManyChildren(parent)) continue
    chooseAll(parent.family.settled)
    chooseAll(parent.family.living)
  }
  if (chosen.size < limit) chooseAll(pending(tree, chosen))
  return { rows: inTreeOrder(chosen), hidden: notShown(tree, chosen) }
}

function* pending(tree: TaskTree, chosen: ReadonlySet<TaskNode>): Generator<TaskNode> {
  let left = mostPending
  for (const node of tree.living()) {
    if (node.status !== "pending" || chosen.has(node)) continue
    yield node
    if (--left === 0) return
  }
}

function inTreeOrder(chosen: ReadonlySet<TaskNode>): Row[] {
  const childrenOf = new Map<TaskNode | undefined, TaskNode[]>()
  for (const node of chosen) {
    const siblings = childrenOf.get(node.parent)
    if (siblings === undefined) childrenOf.set(node.parent, [node])
    else siblings.push(node)
  }
  const rows: Row[] = []
  const visit = (parent: TaskNode | undefined, lasts: readonly boolean[]): void => {
    const siblings = (childrenOf.get(parent) ?? []).toSorted(parent === undefined ? runningFirst : byOrder)
    for (const node of siblings) {
      const own = parent === undefined ? [] : [...lasts, node === siblings.at(-1)]
      rows.push({ node, lasts: own })
      visit(node, own)
    }
  }
  visit(undefined, [])
  return rows
}

function byOrder(a: TaskNode, b: TaskNode): number {
  return a.order - b.order
}

function runningFirst(a: TaskNode, b: TaskNode): number {
  return Number(b.status === "running") - Number(a.status === "running") || byOrder(a, b)
}

function notShown(tree: TaskTree, chosen: ReadonlySet<TaskNode>): Counts {
  const hidden = { ...noCounts(), ...tree.counts }
  for (const node of chosen) hidden[node.status]--
  return hidden
}
