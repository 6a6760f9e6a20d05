import { availableParallelism } from "node:os"
import type { ResourceLimits } from "node:worker_threads"
import type { Executor } from "../../../runtime/ports/executor.ts"
import { PoolExecutor } from "../pool/pool-executor.ts"
import { crewLimits, setupUrl, type WorkerPoolOptions } from "../pool/worker-options.ts"
import { ThreadTransport } from "./thread-transport.ts"

export interface ThreadExecutorOptions extends WorkerPoolOptions {
  /**
   * Limits of V8 for each thread, in megabytes: a body beyond them fails as a crash with `outOfMemory`. Default: V8's own, and
   * `maxYoungGenerationSizeMb: 48`. One allocation of many megabytes at the limit can end the whole program: V8 gives a thread no way back
   * from there. Bodies that may do so belong into a process.
   */
  readonly resourceLimits?: ResourceLimits
  /** Environment variables of the threads, on top of the program's own. */
  readonly env?: Readonly<Record<string, string>>
  /** Node options of the threads. Default: those of the program that decide what an import means. */
  readonly execArgv?: readonly string[]
}

/**
 * Runs bodies in threads (`node:worker_threads`), each one alone in its thread: for work that computes. Threads start when
 * they are needed, are used again, and keep no program alive while they are idle. A body that ignores its abort is
 * terminated with its thread; what it throws where nobody catches it fails its task and ends its thread.
 *
 * @throws TypeError or RangeError for an option that cannot be used, naming it and its value.
 * @example
 * const supervisor = createSupervisor({ executors: [threadExecutor({ recycle: { memory: "512 MB" } })] })
 */
export function threadExecutor(options: ThreadExecutorOptions = {}): Executor {
  const action = "Cannot make a thread executor"
  const { concurrency, setup, recycle, resourceLimits, env, execArgv } = options
  const limits = crewLimits(options, action)
  return new PoolExecutor({
    name: "thread",
    defaultConcurrency: concurrency ?? availableParallelism(),
    limits,
    transport: new ThreadTransport({
      setup: setupUrl(setup, action),
      tellMemory: recycle?.memory !== undefined,
      resourceLimits,
      env,
      execArgv,
    }),
  })
}
