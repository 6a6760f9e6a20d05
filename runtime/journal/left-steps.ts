import type { TaskSnapshot } from "../../machines/task/snapshot.ts"
import type { TaskRecord } from "../ports/store.ts"

/** What another program has left of a pipeline's steps: each is taken once, by its name; the latest of a name counts. */
export class LeftSteps {
  readonly #byName = new Map<string, TaskRecord>()
  readonly #goOn: (record: TaskRecord) => TaskSnapshot
  readonly #abandon: (record: TaskRecord) => void

  /**
   * @param goOn What a step comes to: one that ran has lost its attempt.
   * @param abandon What becomes of a living one that nobody takes.
   */
  constructor(
    records: Iterable<TaskRecord>,
    goOn: (record: TaskRecord) => TaskSnapshot,
    abandon: (record: TaskRecord) => void,
  ) {
    this.#goOn = goOn
    this.#abandon = abandon
    for (const record of records) if (record.birth.step !== undefined) this.#byName.set(record.birth.step, record)
  }

  take(name: string): TaskSnapshot | undefined {
    const record = this.#byName.get(name)
    if (record === undefined) return undefined
    this.#byName.delete(name)
    return this.#goOn(record)
  }

  /** The pipeline has come to its end without them. */
  abandonRest(): void {
    const rest = [...this.#byName.values()]
    this.#byName.clear()
    for (const record of rest) this.#abandon(record)
  }
}
