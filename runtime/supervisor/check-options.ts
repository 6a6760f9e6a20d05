import { checkCount, checkRateLimit, checkSettings } from "../definition/check-settings.ts"
import type { SupervisorOptions } from "./supervisor.ts"

/** @throws TypeError or RangeError that names the option, its value and the remedy. */
export function checkOptions(options: SupervisorOptions): void {
  const action = "Cannot create a supervisor"
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`${action}: its options must be an object, current value is ${String(options)}`)
  }
  const executors = new Set(options.executors?.map(({ name }) => name))
  for (const [name, slots] of Object.entries(options.concurrency ?? {})) {
    if (!executors.has(name)) {
      throw new RangeError(`${action}: "concurrency" names ${JSON.stringify(name)}, but there are only ${[...executors].join(", ")}`)
    }
    if (slots !== undefined) checkCount(slots, `concurrency.${name}`, action)
  }
  for (const [name, queue] of Object.entries(options.queues ?? {})) {
    if (queue.concurrency !== undefined) checkCount(queue.concurrency, `queues.${name}.concurrency`, action)
    if (queue.rateLimit !== undefined) checkRateLimit(queue.rateLimit, `${action} with queue ${JSON.stringify(name)}`)
  }
  if (options.defaults !== undefined) checkSettings(options.defaults, action)
  if (options.history !== undefined && !(options.history >= 0)) {
    throw new RangeError(`${action}: "history" must be 0 or more, current value is ${String(options.history)}`)
  }
  for (const name of ["dispatch", "warn", "inspect", "random"] as const) {
    if (options[name] !== undefined && typeof options[name] !== "function") {
      throw new TypeError(`${action}: "${name}" must be a function, current value is ${String(options[name])}`)
    }
  }
  for (const name of ["store", "engine"] as const) {
    if (options[name] !== undefined) {
      throw new TypeError(`${action}: "${name}" is not supported in this version; leave it out`)
    }
  }
}
