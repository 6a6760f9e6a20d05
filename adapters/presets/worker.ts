/**
 * tasktor in a worker of Node's, by the condition `tasktor-worker`: what `node.ts` exports, under the same names. A module of tasks needs
 * `defineTask` and little else of it; supervisors, pools and the view in the terminal, and Effect and XState with them, are loaded when a
 * body calls for one.
 */
import { createRequire } from "node:module"
import type * as PipelineModule from "../../machines/pipeline/machine.ts"
import { makeMachinesWith } from "../../runtime/pipeline/machine-maker.ts"
import { lazySupervisor } from "../../runtime/supervisor/lazy-supervisor.ts"
import type { Supervisor } from "../../runtime/supervisor/supervisor.ts"
import type * as NodePreset from "./node.ts"

export * from "../../runtime/index.ts"
export { chain, chord } from "../../runtime/pipeline/chain.ts"
export { graph } from "../../runtime/pipeline/graph.ts"
export { chunks, group, map } from "../../runtime/pipeline/group.ts"
export type {
  MemoryStoreOptions,
  ProcessExecutorOptions,
  Retention,
  RetentionLimits,
  TerminalView,
  TerminalViewOptions,
  ThreadExecutorOptions,
  ViewTimer,
  WorkerPoolOptions,
} from "./node.ts"

const require = createRequire(import.meta.url)

/** At once, as its callers expect. It finds the modules that are loaded already, so that there is one of each class. */
function node(): typeof NodePreset {
  return beside("./node") as typeof NodePreset
}

function beside(path: string): unknown {
  return require(`${path}${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`)
}

// What a pipeline looks like is for those who ask.
makeMachinesWith((shape) => {
  const { pipelineMachine } = beside("../../machines/pipeline/machine") as typeof PipelineModule
  return pipelineMachine(shape)
})

/** Makes a supervisor, in this worker, of the coroutine, thread and process executors. */
export const createSupervisor: typeof NodePreset.createSupervisor = (options) => node().createSupervisor(options)

/**
 * One supervisor for the whole program, made on first use. For options, use createSupervisor.
 *
 * @example
 * const task = taskManager.addCoroutine(async (ctx, name: string) => `Hello ${name}`, ["world"], { key: "greeter" })
 * console.log(await task.result())
 */
export const taskManager: Supervisor = lazySupervisor(() => node().taskManager)

/** Runs bodies in the event loop of the worker itself. */
export const coroutineExecutor: typeof NodePreset.coroutineExecutor = () => node().coroutineExecutor()

/** Keeps tasks as long as the worker lives. */
export const memoryStore: typeof NodePreset.memoryStore = (options) => node().memoryStore(options)

/** Runs bodies in threads that the worker starts. */
export const threadExecutor: typeof NodePreset.threadExecutor = (options) => node().threadExecutor(options)

/** Runs bodies in child processes that the worker starts. */
export const processExecutor: typeof NodePreset.processExecutor = (options) => node().processExecutor(options)

/** Actor logic that runs an Effect, for a machine of your own. */
export const fromEffect: typeof NodePreset.fromEffect = (make, options) => node().fromEffect(make, options)

/** Actor logic that runs a task under a supervisor, for a machine of your own. */
export const fromTask: typeof NodePreset.fromTask = (...words: readonly unknown[]) =>
  (node().fromTask as (...all: readonly unknown[]) => never)(...words)

/** Keeps the outputs of a graph up to date. */
export const keepFresh: typeof NodePreset.keepFresh = (...words) => node().keepFresh(...words)

/** Draws the tasks of a supervisor in the terminal. */
export const terminalView: typeof NodePreset.terminalView = (view, options) => node().terminalView(view, options)
