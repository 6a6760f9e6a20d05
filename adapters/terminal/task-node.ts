import type { Outcome, TaskFailure } from "../../machines/task/outcome.ts"
import type { TaskKey, TaskPhase, TaskStatus } from "../../machines/task/snapshot.ts"
import { harmless } from "./text.ts"

export type Counts = Record<TaskStatus, number>

/** A family of at most this many children is shown whole; a parent with more speaks for them, all but those that failed. */
const smallFamily = 8

/** How many settled children a parent remembers by name. */
const remembered = 8

/** The children of a task. */
export interface Family {
  /** Children ever submitted. */
  size: number
  readonly living: Set<TaskNode>
  /** Settled children that are worth a line: the first ones, and the first that did not complete. */
  readonly settled: TaskNode[]
  /** Settled descendants by status. */
  readonly below: Counts
}

/** One visible task as the view knows it: its latest facts, and its place in the tree. */
export interface TaskNode {
  readonly id: string
  readonly label: string
  readonly parent: TaskNode | undefined
  /** Grows with each task: the order of submission. */
  readonly order: number
  status: TaskStatus
  phase: TaskPhase
  attempt: number
  progress: number
  message: string
  /** Begin of the first attempt. */
  startedAt: number | undefined
  settledAt: number | undefined
  nextAttemptAt: number | undefined
  /** What the last attempt failed of. */
  failure: TaskFailure | undefined
  outcome: Outcome<unknown> | undefined
  /** Made with the first child: most tasks have none. */
  family: Family | undefined
}

export function newNode(
  task: { readonly id: string; readonly name: string; readonly key: TaskKey },
  parent: TaskNode | undefined,
  order: number,
): TaskNode {
  return {
    id: task.id,
    label: labelOf(task),
    parent,
    order,
    status: "pending",
    phase: "queued",
    attempt: 0,
    progress: 0,
    message: "",
    startedAt: undefined,
    settledAt: undefined,
    nextAttemptAt: undefined,
    failure: undefined,
    outcome: undefined,
    family: undefined,
  }
}

/** The task's name, and its key where the caller gave it one. */
function labelOf(task: { readonly id: string; readonly name: string; readonly key: TaskKey }): string {
  if (task.key === task.id) return harmless(task.name)
  return harmless(`${task.name} ${typeof task.key === "object" ? task.key.join("/") : task.key}`)
}

export function noCounts(): Counts {
  return { pending: 0, running: 0, completed: 0, failed: 0, cancelled: 0 }
}

export function addChild(parent: TaskNode, child: TaskNode): void {
  parent.family ??= { size: 0, living: new Set(), settled: [], below: noCounts() }
  parent.family.size++
  parent.family.living.add(child)
}

/** Counts a settled task in all its ancestors, and remembers it in its parent where it is worth that. */
export function settleChild(child: TaskNode): void {
  for (let above = child.parent; above !== undefined; above = above.parent) {
    if (above.family !== undefined) above.family.below[child.status]++
  }
  const family = child.parent?.family
  if (family === undefined) return
  family.living.delete(child)
  if (family.settled.length < remembered) {
    family.settled.push(child)
    return
  }
  if (child.status === "completed") return
  const lessTelling = family.settled.findIndex((other) => other.status === "completed")
  if (lessTelling >= 0) family.settled.splice(lessTelling, 1, child)
}

/** True where the parent speaks for its children. */
export function hasManyChildren(node: TaskNode): boolean {
  return node.family !== undefined && node.family.size > smallFamily
}
