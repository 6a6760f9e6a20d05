import type { Executor } from "../ports/executor.ts"

/** The executors of one supervisor, by name. */
export class Executors {
  readonly #byName = new Map<string, Executor>()

  constructor(executors: readonly Executor[]) {
    for (const executor of executors) this.#byName.set(executor.name, executor)
  }

  get all(): readonly Executor[] {
    return [...this.#byName.values()]
  }

  /** @throws TypeError for a name that no executor has. */
  get(name: string): Executor {
    const executor = this.#byName.get(name)
    if (executor !== undefined) return executor
    const known = [...this.#byName.keys()].join(", ")
    throw new TypeError(
      `Cannot run a task on executor ${JSON.stringify(name)}: there are ${known}; add it with createSupervisor({ executors: [...] })`,
    )
  }
}
