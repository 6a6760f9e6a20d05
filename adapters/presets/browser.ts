/** tasktor in a browser: coroutines and web workers. */
import { makeSupervisor } from "../../runtime/supervisor/create-supervisor.ts"
import { lazySupervisor } from "../../runtime/supervisor/lazy-supervisor.ts"
import type { Supervisor, SupervisorOptions } from "../../runtime/supervisor/supervisor.ts"
import { coroutineExecutor } from "../executors/coroutine/executor.ts"
import { alsoNamed } from "../executors/web-worker/also-named.ts"
import { webWorkerExecutor } from "../executors/web-worker/executor.ts"

export * from "../../runtime/index.ts"
export { fromEffect } from "../../runtime/embedding/from-effect.ts"
export { fromTask } from "../../runtime/embedding/from-task.ts"
export { keepFresh } from "../../runtime/live-graph/keep-fresh.ts"
export { chain, chord, chunks, graph, group, map } from "../../runtime/pipeline/index.ts"
export { coroutineExecutor } from "../executors/coroutine/executor.ts"
export type { WorkerPoolOptions } from "../executors/pool/worker-options.ts"
export { type WebWorkerExecutorOptions, webWorkerExecutor } from "../executors/web-worker/executor.ts"
export { memoryStore, type MemoryStoreOptions } from "../stores/memory/memory-store.ts"
export type { Retention, RetentionLimits } from "../stores/retention/retention.ts"

/**
 * Makes a supervisor with the coroutine and web-worker executors; those of `options.executors` come beside or in place of them.
 * `"thread"` is another name of the web-worker executor: a definition that says `executor: "thread"` runs in Node and in a browser.
 * Nothing is started until a task needs it.
 *
 * @throws TypeError or RangeError for an option that cannot be used, naming it and its value.
 * @example
 * const supervisor = createSupervisor({ concurrency: { "web-worker": 2 } })
 * const handle = supervisor.addCoroutine(async (ctx, name: string) => `Hello ${name}`, ["world"])
 * console.log(await handle.result())
 */
export function createSupervisor(options: SupervisorOptions = {}): Supervisor {
  const own = Array.isArray(options?.executors) ? options.executors : []
  const workers = own.findLast(({ name }) => name === "web-worker") ?? webWorkerExecutor()
  return makeSupervisor([coroutineExecutor(), workers, alsoNamed("thread", workers)], options)
}

/**
 * One supervisor for the whole program, made on first use. For options, use createSupervisor.
 *
 * @example
 * const task = taskManager.addCoroutine(async (ctx, name: string) => `Hello ${name}`, ["world"], { key: "greeter" })
 * console.log(await task.result())
 */
export const taskManager: Supervisor = lazySupervisor(() => createSupervisor())
