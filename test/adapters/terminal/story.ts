import type { Outcome, TaskFailure } from "../../../machines/task/outcome.ts"
import type { TaskSnapshot } from "../../../machines/task/snapshot.ts"
import type { TaskFact } from "../../../runtime/events/task-fact.ts"
import type { SupervisorSnapshot } from "../../../runtime/supervisor/view.ts"
import type { FactView } from "../../../adapters/terminal/live-view.ts"
import { TaskTree } from "../../../adapters/terminal/task-tree.ts"
import type { Theme } from "../../../adapters/terminal/theme.ts"
import { themeFor } from "../../../adapters/terminal/theme.ts"

type Details<Type extends TaskFact["type"]> = Partial<Extract<TaskFact, { type: Type }>>

/** A hand-made supervisor: tells facts to a view, one by one, at the instant `now`. */
export class Story implements FactView {
  now = 1_000_000
  snapshot: SupervisorSnapshot = {
    state: "open",
    tasks: [],
    progress: 0.5,
    counts: { pending: 0, running: 0, completed: 0, failed: 0, cancelled: 0 },
  }
  readonly facts: TaskFact[] = []
  readonly #listeners = new Set<(fact: TaskFact) => void>()

  getSnapshot(): SupervisorSnapshot {
    return this.snapshot
  }

  onFact(listener: (fact: TaskFact) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  get listeners(): number {
    return this.#listeners.size
  }

  after(ms: number): this {
    this.now += ms
    return this
  }

  submit(task: string, details: Details<"submitted"> = {}): this {
    return this.#tell(task, {
      type: "submitted",
      name: task,
      key: task,
      executor: "coroutine",
      tags: [],
      visible: true,
      ...details,
    })
  }

  run(task: string, attempt = 1): this {
    return this.#tell(task, { type: "state", status: "running", phase: "executing", attempt })
  }

  state(task: string, details: Details<"state">): this {
    return this.#tell(task, { type: "state", status: "pending", phase: "queued", attempt: 0, ...details })
  }

  start(task: string, details: Details<"submitted"> = {}): this {
    return this.submit(task, details).run(task)
  }

  report(task: string, progress: number, message?: string): this {
    return this.#tell(task, { type: "report", progress, message })
  }

  log(task: string, level: "debug" | "info" | "warn" | "error", ...data: unknown[]): this {
    return this.#tell(task, { type: "log", level, data })
  }

  end(task: string, outcome: Outcome<unknown>): this {
    return this.#tell(task, { type: "outcome", outcome })
  }

  complete(task: string, output?: unknown): this {
    return this.end(task, { status: "completed", output })
  }

  fail(task: string, message: string): this {
    const failure: TaskFailure = { type: "error", error: new Error(message) }
    return this.end(task, { status: "failed", failure, attempts: [failure] })
  }

  cancel(task: string): this {
    return this.end(task, { status: "cancelled", reason: { type: "requested" } })
  }

  /** The tree that has seen all of it. */
  tree(): TaskTree {
    const tree = new TaskTree()
    for (const fact of this.facts) tree.apply(fact)
    return tree
  }

  #tell(task: string, details: object): this {
    const fact = { task, name: task, sequence: this.facts.length, at: this.now, ...details } as TaskFact
    this.facts.push(fact)
    for (const listener of this.#listeners) listener(fact)
    return this
  }
}

/** No colours, the richer glyphs. */
export const plainTheme: Theme = themeFor(false, {})

export function snapshotOf(task: Partial<TaskSnapshot> & { readonly id: string }): TaskSnapshot {
  return {
    key: task.id,
    name: task.id,
    executor: "coroutine",
    status: "running",
    phase: "executing",
    progress: 0,
    attempt: 1,
    cancelRequested: false,
    failures: [],
    submittedAt: 0,
    startedAt: 0,
    tags: [],
    visible: true,
    sequence: 1,
    ...task,
  }
}
