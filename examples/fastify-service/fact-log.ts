import { EventEmitter, once } from "node:events"
import type { Supervisor, TaskFact } from "tasktor"
import { factView } from "./views.ts"

export interface FactLogLimits {
  readonly tasks: number
  /** Of JSON, all of them together: one task may have as much to tell as thousands of others. */
  readonly characters: number
}

/**
 * What has happened to each task of one name, for those who come late or come back. Of the settled ones it knows the latest, as many as the
 * limits allow, and the very latest one always.
 */
export class FactLog {
  readonly #facts = new Map<string, TaskFact[]>()
  /** How many characters each has. */
  readonly #settled = new Map<string, number>()
  #characters = 0
  readonly #changes = new EventEmitter().setMaxListeners(0)

  constructor(supervisor: Supervisor, name: string, limits: FactLogLimits) {
    supervisor.onFact((fact) => {
      if (fact.name !== name) return
      const facts = this.#factsOf(fact)
      // Of reports in a row the latest says it all.
      if (fact.type === "report" && facts.at(-1)?.type === "report") facts.pop()
      facts.push(fact)
      this.#changes.emit(fact.task)
      if (fact.type !== "outcome") return
      const characters = JSON.stringify(facts.map(factView)).length
      // Those who follow it have read its end by then.
      setImmediate(() => this.#settle(fact.task, characters, limits))
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

  #settle(task: string, characters: number, most: FactLogLimits): void {
    this.#settled.set(task, characters)
    this.#characters += characters
    for (const [oldest, itsCharacters] of this.#settled) {
      const isTooMuch = this.#characters > most.characters || this.#settled.size > most.tasks
      if (!isTooMuch || oldest === task) return
      this.#settled.delete(oldest)
      this.#facts.delete(oldest)
      this.#characters -= itsCharacters
    }
  }

  #factsOf({ task }: TaskFact): TaskFact[] {
    const facts = this.#facts.get(task) ?? []
    this.#facts.set(task, facts)
    return facts
  }
}
