import { callback, type Effect, void as done } from "effect/Effect"
import type { TaskFailure } from "../../../machines/task/outcome.ts"
import type { AnyTaskDefinition } from "../../../runtime/definition/definition.ts"
import type { Attempt, Executor, ExecutorHost } from "../../../runtime/ports/executor.ts"
import { attemptEffect } from "../../../runtime/task/attempt-run.ts"
import { moduleOf } from "../worker/module-of.ts"
import type { CrewLimits } from "./crew.ts"
import { Pool } from "./pool.ts"
import type { WorkerTransport } from "./transport.ts"

export interface PoolExecutorParts {
  readonly name: string
  readonly defaultConcurrency: number
  readonly transport: WorkerTransport
  readonly limits: CrewLimits
}

/** The executor port over a pool of workers of whatever kind. */
export class PoolExecutor implements Executor {
  readonly name: string
  readonly defaultConcurrency: number
  readonly force = "terminates"
  readonly #parts: PoolExecutorParts
  /** Modules whose address is known to be one: it is asked with each task. */
  readonly #addresses = new Set<string>()
  #pool: Pool | undefined

  constructor(parts: PoolExecutorParts) {
    this.name = parts.name
    this.defaultConcurrency = parts.defaultConcurrency
    this.#parts = parts
  }

  open(host: ExecutorHost): void {
    if (this.#pool !== undefined) {
      throw new TypeError(`Cannot open the ${this.name} executor: it belongs to a supervisor already; make another one`)
    }
    this.#pool = new Pool(this.#parts.transport, this.#parts.limits, host)
  }

  check(definition: AnyTaskDefinition): void {
    const module = moduleOf(definition)
    if (this.#addresses.has(module)) return
    if (!URL.canParse(module)) {
      throw new TypeError(
        `Cannot run task ${JSON.stringify(definition.taskName)} in ${this.#parts.transport.place}: its module must be an absolute URL, current value is ${JSON.stringify(module)}; give import.meta.url`,
      )
    }
    this.#addresses.add(module)
  }

  prefetch(rank: number): number {
    return this.#pool?.ahead(rank) ?? 0
  }

  execute(attempt: Attempt): Effect<unknown, TaskFailure> {
    const pool = this.#opened()
    return attemptEffect((end) => {
      const pooled = pool.take(attempt, end)
      return callback<void>((gone) => pool.kill(pooled, () => gone(done)))
    })
  }

  lend(attempt: Attempt, waiting: boolean): void {
    this.#opened().lend(attempt, waiting)
  }

  async close(): Promise<void> {
    await this.#pool?.close()
  }

  stats(): Readonly<Record<string, unknown>> {
    return this.#pool?.stats() ?? {}
  }

  #opened(): Pool {
    if (this.#pool === undefined)
      throw new TypeError(`Cannot use the ${this.name} executor: no supervisor has opened it`)
    return this.#pool
  }
}
