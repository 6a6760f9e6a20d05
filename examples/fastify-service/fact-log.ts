import { EventEmitter, once } from "node:events"
import type { Supervisor, TaskFact } from "tasktor"

/** What has happened to each task of one name, for those who come late or come back. Of the settled ones it knows the latest. */
export class FactLog {
  readonly #facts = new Map<string, TaskFact[]>()
  readonly #settled: string[] = []
  readonly #changes = new EventEmitter().setMaxListeners(0)

  constructor(supervisor: Supervisor, name: string, history: number) {
    supervisor.onFact((fact) => {
      if (fact.name !== name) return
      const facts = this.#factsOf(fact)
      // Of reports in a row the latest says it all.
      if (fact.type === "report" && facts.at(-1)?.type === "report") facts.pop()
      facts.push(fact)
      this.#changes.emit(fact.task)
      if (fact.type === "outcome" && this.#settled.push(fact.task) > history)
        this.#facts.delete(this.#settled.shift() ?? "")
    })
  }

  /** Those that follow `sequence`, as far as they have happened. Undefined for a task that is not known. */
  after(task: string, sequence: number): readonly TaskFact[] | undefined {
    const facts = this.#facts.get(task)
    if (facts === undefined) return undefined
    return facts.slice(facts.findLastIndex((fact) => fact.sequence <= sequence) + 1)
  }

  /** Resolves with the next change of the task; rejects when the signal aborts first. */
  async change(task: string, signal: AbortSignal): Promise<void> {
    await once(this.#changes, task, { signal })
  }

  #factsOf({ task }: TaskFact): TaskFact[] {
    const facts = this.#facts.get(task) ?? []
    this.#facts.set(task, facts)
    return facts
  }
}
