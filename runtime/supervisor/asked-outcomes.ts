import type { Outcome } from "../../machines/task/outcome.ts"
import { TaskNotFoundError } from "../failure/errors.ts"
import type { Task } from "../task/task.ts"

const kept = 1000

/**
 * What those get who ask by an id how a task ends: one promise for each id, because React asks again with each rendering, and would wait for
 * each new promise anew. A task may be forgotten as soon as it has settled, before React comes back for its outcome. The latest ones are kept.
 */
export class AskedOutcomes {
  readonly #byId = new Map<string, Promise<Outcome<unknown>>>()

  /** @param task Undefined where the id is unknown, or known no more. */
  of(id: string, task: Task | undefined): Promise<Outcome<unknown>> {
    const asked = this.#byId.get(id)
    const outcome = task?.outcome() ?? asked ?? Promise.reject(new TaskNotFoundError(id))
    if (outcome === asked) return outcome
    this.#byId.set(id, outcome)
    const [oldest] = this.#byId.keys()
    if (this.#byId.size > kept && oldest !== undefined) this.#byId.delete(oldest)
    return outcome
  }
}
