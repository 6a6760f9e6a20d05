import { checkCount, checkRateLimit, checkSettings } from "../definition/check-settings.ts"
import { show } from "../failure/show.ts"
import type { Executor } from "../ports/executor.ts"
import type { QueueOptions, SupervisorOptions } from "./supervisor.ts"

const action = "Cannot create a supervisor"

/**
 * Refuses options that cannot be used.
 *
 * @param presets The executors that the platform brings.
 * @throws TypeError or RangeError that names the option, its value and the remedy.
 */
export function checkOptions(options: SupervisorOptions, presets: readonly Executor[]): void {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`${action}: its options must be an object, current value is ${show(options)}`)
  }
  checkExecutors(options.executors ?? [])
  for (const name of ["concurrency", "queues"] as const) {
    if (options[name] !== undefined && (typeof options[name] !== "object" || options[name] === null)) {
      throw new TypeError(`${action}: "${name}" must be an object by name, current value is ${show(options[name])}`)
    }
  }
  checkConcurrency(options.concurrency ?? {}, [...presets, ...(options.executors ?? [])])
  for (const [name, queue] of Object.entries(options.queues ?? {})) checkQueue(name, queue)
  if (options.defaults !== undefined) checkSettings(options.defaults, action)
  if (options.history !== undefined && !(typeof options.history === "number" && options.history >= 0)) {
    throw new RangeError(`${action}: "history" must be 0 or more, current value is ${show(options.history)}`)
  }
  if (options.clock !== undefined && typeof options.clock.setTimeout !== "function") {
    throw new TypeError(
      `${action}: "clock" must have now, monotonic, setTimeout, clearTimeout and defer, as simulatedClock() of tasktor/testing has, current value is ${show(options.clock)}`,
    )
  }
  const { inspect } = options
  if (inspect !== undefined && typeof inspect !== "function" && typeof inspect?.next !== "function") {
    throw new TypeError(
      `${action}: "inspect" must be a function or an observer with next, current value is ${show(inspect)}`,
    )
  }
  for (const name of ["dispatch", "warn", "random"] as const) {
    if (options[name] !== undefined && typeof options[name] !== "function") {
      throw new TypeError(`${action}: "${name}" must be a function, current value is ${show(options[name])}`)
    }
  }
  if (options.store !== undefined && typeof options.store?.open !== "function") {
    throw new TypeError(
      `${action}: "store" must be a store, as sqliteStore("tasks.db") of tasktor/sqlite is, current value is ${show(options.store)}`,
    )
  }
  if (options.engine !== undefined) {
    throw new TypeError(`${action}: "engine" is not supported in this version; leave it out`)
  }
}

function checkExecutors(executors: readonly Executor[]): void {
  if (!Array.isArray(executors)) {
    throw new TypeError(
      `${action}: "executors" must be an array, as in [threadExecutor()], current value is ${show(executors)}`,
    )
  }
  for (const executor of executors as readonly (Partial<Executor> | null)[]) {
    if (typeof executor?.name !== "string" || typeof executor.execute !== "function") {
      throw new TypeError(
        `${action}: each of "executors" must have a name and execute, current value is ${show(executor)}`,
      )
    }
  }
}

function checkConcurrency(
  concurrency: NonNullable<SupervisorOptions["concurrency"]>,
  executors: readonly Executor[],
): void {
  const names = new Set(executors.map(({ name }) => name))
  for (const [name, slots] of Object.entries(concurrency)) {
    if (!names.has(name)) {
      throw new RangeError(
        `${action}: "concurrency" names ${show(name)}, but there are only ${[...names].join(", ")}; add it to "executors" first`,
      )
    }
    if (slots !== undefined) checkCount(slots, `concurrency.${name}`, action)
  }
}

function checkQueue(name: string, queue: QueueOptions): void {
  const which = `${action} with queue ${show(name)}`
  if (typeof queue !== "object" || queue === null) {
    throw new TypeError(`${which}: it must be like { concurrency: 2 }, current value is ${show(queue)}`)
  }
  if (queue.concurrency !== undefined) checkCount(queue.concurrency, "concurrency", which)
  if (queue.rateLimit !== undefined) checkRateLimit(queue.rateLimit, which)
}
