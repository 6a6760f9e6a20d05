/** tasktor in Node: coroutines, threads and child processes. */
import { makeSupervisor } from "../../runtime/supervisor/create-supervisor.ts"
import { lazySupervisor } from "../../runtime/supervisor/lazy-supervisor.ts"
import type { Supervisor, SupervisorOptions } from "../../runtime/supervisor/supervisor.ts"
import { coroutineExecutor } from "../executors/coroutine/executor.ts"
import { processExecutor } from "../executors/process/executor.ts"
import { threadExecutor } from "../executors/thread/executor.ts"

export * from "../../runtime/index.ts"
export { fromEffect } from "../../runtime/embedding/from-effect.ts"
export { fromTask } from "../../runtime/embedding/from-task.ts"
export { keepFresh } from "../../runtime/live-graph/keep-fresh.ts"
export { chain, chord, chunks, graph, group, map } from "../../runtime/pipeline/index.ts"
export { coroutineExecutor } from "../executors/coroutine/executor.ts"
export { type ProcessExecutorOptions, processExecutor } from "../executors/process/executor.ts"
export type { WorkerPoolOptions } from "../executors/pool/worker-options.ts"
export { type ThreadExecutorOptions, threadExecutor } from "../executors/thread/executor.ts"
export { memoryStore, type MemoryStoreOptions } from "../stores/memory/memory-store.ts"
export type { Retention, RetentionLimits } from "../stores/retention/retention.ts"
export { type TerminalView, type TerminalViewOptions, terminalView } from "../terminal/terminal-view.ts"
export type { ViewTimer } from "../terminal/view-timer.ts"

/**
 * Makes a supervisor with the coroutine, thread and process executors; those of `options.executors` come beside or in place of them.
 * Nothing is started until a task needs it, and an idle supervisor keeps no program alive, unless it has schedules.
 *
 * @throws TypeError or RangeError for an option that cannot be used, naming it and its value.
 * @example
 * await using supervisor = createSupervisor({ concurrency: { thread: 2 } })
 * const handle = supervisor.addCoroutine(async (ctx, name: string) => `Hello ${name}`, ["world"])
 * console.log(await handle.result())
 */
export function createSupervisor(options: SupervisorOptions = {}): Supervisor {
  return makeSupervisor([coroutineExecutor(), threadExecutor(), processExecutor()], options)
}

/**
 * One supervisor for the whole program, made on first use. For options, use createSupervisor.
 *
 * @example
 * const task = taskManager.addCoroutine(async (ctx, name: string) => `Hello ${name}`, ["world"], { key: "greeter" })
 * console.log(await task.result())
 */
export const taskManager: Supervisor = lazySupervisor(() => createSupervisor())
