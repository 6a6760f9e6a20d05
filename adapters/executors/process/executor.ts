import { availableParallelism } from "node:os"
import type { Executor } from "../../../runtime/ports/executor.ts"
import { PoolExecutor } from "../pool/pool-executor.ts"
import { checkWhole, crewLimits, setupUrl, type WorkerPoolOptions } from "../pool/worker-options.ts"
import { ProcessTransport } from "./process-transport.ts"

export interface ProcessExecutorOptions extends WorkerPoolOptions {
  /** Limits of V8 for each process, in megabytes: a body beyond them fails as a crash with `outOfMemory`. Default: V8's own. */
  readonly resourceLimits?: { readonly maxOldGenerationSizeMb?: number }
  /** Environment variables of the processes, on top of the program's own. */
  readonly env?: Readonly<Record<string, string>>
  /** Node options of the processes. Default: those of the program that decide what an import means. */
  readonly execArgv?: readonly string[]
}

/**
 * Runs bodies in child processes, each one alone in its process: for work that is not trusted, that may crash, or that starts
 * programs of its own. Processes start when they are needed, are used again, and keep no program alive while they are idle.
 * A body that ignores its abort is killed together with everything that it has started; so is all of it when the program
 * itself is killed.
 *
 * @throws TypeError or RangeError for an option that cannot be used, naming it and its value.
 * @example
 * const supervisor = createSupervisor({ executors: [processExecutor({ concurrency: 2, recycle: { tasks: 100 } })] })
 */
export function processExecutor(options: ProcessExecutorOptions = {}): Executor {
  const action = "Cannot make a process executor"
  const { concurrency, setup, recycle, resourceLimits, env, execArgv } = options
  const limits = crewLimits(options, action)
  const maxHeapMb = resourceLimits?.maxOldGenerationSizeMb
  if (maxHeapMb !== undefined) checkWhole(maxHeapMb, 1, `${action}: "resourceLimits.maxOldGenerationSizeMb"`)
  return new PoolExecutor({
    name: "process",
    defaultConcurrency: concurrency ?? availableParallelism(),
    limits,
    transport: new ProcessTransport({
      setup: setupUrl(setup, action),
      tellMemory: recycle?.memory !== undefined,
      maxHeapMb,
      env,
      execArgv,
    }),
  })
}
