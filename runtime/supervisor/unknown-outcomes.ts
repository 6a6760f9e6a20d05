import { TaskNotFoundError } from "../failure/errors.ts"

const kept = 1000

/**
 * What those get who ask for the outcome of a task that is unknown: one rejection for each id, because React asks again with each
 * rendering, and would wait for each new promise anew. The latest ones are kept.
 */
export class UnknownOutcomes {
  readonly #byId = new Map<string, Promise<never>>()

  of(id: string): Promise<never> {
    const known = this.#byId.get(id)
    if (known !== undefined) return known
    const rejection = Promise.reject(new TaskNotFoundError(id))
    this.#byId.set(id, rejection)
    const [oldest] = this.#byId.keys()
    if (this.#byId.size > kept && oldest !== undefined) this.#byId.delete(oldest)
    return rejection
  }
}
