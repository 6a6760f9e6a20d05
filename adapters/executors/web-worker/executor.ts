import type { Executor } from "../../../runtime/ports/executor.ts"
import { PoolExecutor } from "../pool/pool-executor.ts"
import { crewLimits, setupUrl, type WorkerPoolOptions } from "../pool/worker-options.ts"
import { WebWorkerTransport } from "./web-worker-transport.ts"

export interface WebWorkerExecutorOptions extends Omit<WorkerPoolOptions, "recycle"> {
  /** When a worker is replaced by a fresh one, between two tasks. Default: never. What it uses of memory, no browser tells. */
  readonly recycle?: {
    /** After so many tasks: a whole number, 1 or more. */
    readonly tasks?: number
  }
}

/**
 * Runs bodies in web workers, each one alone in its worker: for work that computes while the page goes on. Workers start when
 * they are needed, and are used again. In a page that is cross-origin isolated (`crossOriginIsolated`) a body sees its abort
 * even inside a synchronous loop; in any other it sees it when it next yields to its event loop. A body that ignores its abort is
 * terminated with its worker in both.
 *
 * A page that is bundled gives its workers a bundle of the tasks' modules to begin with (docs/browser.md), as in
 * `createSupervisor({ executors: [webWorkerExecutor({ setup: new URL(tasksBundle, import.meta.url) })] })`.
 *
 * @throws TypeError or RangeError for an option that cannot be used, naming it and its value.
 */
export function webWorkerExecutor(options: WebWorkerExecutorOptions = {}): Executor {
  const action = "Cannot make a web-worker executor"
  const { concurrency, setup, recycle }: WorkerPoolOptions = options
  if (recycle?.memory !== undefined) {
    throw new TypeError(
      `${action}: no browser tells how much memory a worker uses, "recycle.memory" must be left out, current value is ${JSON.stringify(recycle.memory)}; use "recycle.tasks"`,
    )
  }
  return new PoolExecutor({
    name: "web-worker",
    defaultConcurrency: concurrency ?? navigator.hardwareConcurrency,
    limits: crewLimits(options, action),
    transport: new WebWorkerTransport(setupUrl(setup, action)),
  })
}
