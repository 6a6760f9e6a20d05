import { isSettled, type TaskSnapshot, type TaskStatus } from "../../machines/task/snapshot.ts"
import type { TaskFact } from "../../runtime/events/task-fact.ts"
import { addChild, newNode, noCounts, settleChild, type Counts, type TaskNode } from "./task-node.ts"
import { harmless } from "./text.ts"

/**
 * The visible living tasks as a tree: a fold over the ordered stream. A fact costs the same with 10 tasks as with 100,000, and
 * what has settled is forgotten, but for a few lines of each living parent.
 */
export class TaskTree {
  readonly #nodes = new Map<string, TaskNode>()
  /** Living tasks, and the settled ones below living parents. */
  readonly counts: Counts = noCounts()
  readonly runningRoots = new Set<TaskNode>()
  readonly runningChildren = new Set<TaskNode>()
  readonly inBackoff = new Set<TaskNode>()
  #born = 0

  get isEmpty(): boolean {
    return this.#nodes.size === 0
  }

  get(id: string): TaskNode | undefined {
    return this.#nodes.get(id)
  }

  /** All living tasks, oldest first. */
  living(): Iterable<TaskNode> {
    return this.#nodes.values()
  }

  /** Takes over what was alive before the first fact arrived. */
  seed(tasks: readonly TaskSnapshot[]): void {
    for (const task of tasks) {
      if (isSettled(task) || this.#nodes.has(task.id)) continue
      const node = this.#add(task, task.parent)
      this.#enter(node, task.status)
      Object.assign(node, {
        phase: task.phase,
        attempt: task.attempt,
        progress: task.progress,
        message: harmless(task.message ?? ""),
        startedAt: task.startedAt,
        nextAttemptAt: task.nextAttemptAt,
        failure: task.failures.at(-1),
      })
      this.#index(node)
    }
  }

  /** Returns the task that the fact is about; undefined for a hidden one. */
  apply(fact: TaskFact): TaskNode | undefined {
    if (fact.type === "submitted") {
      if (!fact.visible || this.#nodes.has(fact.task)) return undefined
      return this.#add({ id: fact.task, name: fact.name, key: fact.key }, fact.parent)
    }
    const node = this.#nodes.get(fact.task)
    if (node === undefined) return undefined
    switch (fact.type) {
      case "state":
        this.#change(node, fact)
        break
      case "report":
        node.progress = Math.max(node.progress, fact.progress)
        if (fact.message !== undefined) node.message = harmless(fact.message)
        break
      case "outcome":
        this.#settle(node, fact)
        break
      case "event":
      case "log":
        break
    }
    return node
  }

  #add(task: Pick<TaskSnapshot, "id" | "name" | "key">, parentId: string | undefined): TaskNode {
    const parent = parentId === undefined ? undefined : this.#nodes.get(parentId)
    const node = newNode(task, parent, this.#born++)
    this.#nodes.set(node.id, node)
    this.counts.pending++
    if (parent !== undefined) addChild(parent, node)
    return node
  }

  #change(node: TaskNode, fact: Extract<TaskFact, { type: "state" }>): void {
    if (fact.phase === "settled") return
    this.#enter(node, fact.status)
    if (fact.attempt > node.attempt) {
      node.attempt = fact.attempt
      node.progress = 0
      node.startedAt ??= fact.at
    }
    node.phase = fact.phase
    node.nextAttemptAt = fact.nextAttemptAt
    if (fact.failure !== undefined) node.failure = fact.failure
    this.#index(node)
  }

  #enter(node: TaskNode, status: TaskStatus): void {
    this.counts[node.status]--
    this.counts[status]++
    node.status = status
  }

  /** Keeps the sets that the view picks its rows from. */
  #index(node: TaskNode): void {
    const running = node.parent === undefined ? this.runningRoots : this.runningChildren
    if (node.status === "running") running.add(node)
    else running.delete(node)
    if (node.phase === "backoff") this.inBackoff.add(node)
    else this.inBackoff.delete(node)
  }

  #settle(node: TaskNode, fact: Extract<TaskFact, { type: "outcome" }>): void {
    this.#enter(node, fact.outcome.status)
    node.phase = "settled"
    node.outcome = fact.outcome
    node.settledAt = fact.at
    if (fact.outcome.status === "completed") node.progress = 1
    this.#index(node)
    this.#nodes.delete(node.id)
    if (node.parent !== undefined) return settleChild(node)
    this.counts[node.status]--
    for (const status of ["completed", "failed", "cancelled"] as const) {
      this.counts[status] -= node.family?.below[status] ?? 0
    }
  }
}
