import { show } from "../failure/show.ts"
import { durationMs, instantMs, type DurationInput } from "./duration.ts"
import type { RateLimit, RetryPolicy, TaskSettings } from "./settings.ts"

/**
 * Refuses settings that cannot be used.
 *
 * @param action The beginning of the message: "Cannot define task x".
 * @throws TypeError or RangeError that names the setting, its value and what is accepted.
 */
export function checkSettings(settings: TaskSettings, action: string): void {
  if (typeof settings !== "object" || settings === null) {
    throw new TypeError(`${action}: its settings must be an object, current value is ${show(settings)}`)
  }
  const { executor, queue, priority, retry, timeout, deadline, expires, delay, grace } = settings
  const { concurrency, rateLimit, tags, visible, publish } = settings
  if (executor !== undefined) checkText(executor, "executor", action)
  if (queue !== undefined) checkText(queue, "queue", action)
  if (priority !== undefined && !Number.isFinite(priority)) {
    throw new RangeError(`${action}: "priority" must be a finite number, current value is ${show(priority)}`)
  }
  if (retry !== undefined) checkRetry(retry, action)
  if (timeout !== undefined) checkTimeout(timeout, action)
  checkInstant(deadline, "deadline", action)
  checkInstant(expires, "expires", action)
  checkInstant(delay, "delay", action)
  if (grace !== undefined) checkDuration(grace, "grace", action)
  if (concurrency !== undefined) checkCount(concurrency, "concurrency", action)
  if (rateLimit !== undefined) checkRateLimit(rateLimit, action)
  if (tags !== undefined && !(Array.isArray(tags) && tags.every((tag) => typeof tag === "string"))) {
    throw new TypeError(`${action}: "tags" must be an array of texts, current value is ${show(tags)}`)
  }
  if (visible !== undefined && typeof visible !== "boolean") {
    throw new TypeError(`${action}: "visible" must be true or false, current value is ${show(visible)}`)
  }
  if (publish !== undefined) checkText(publish, "publish", action)
  checkChoice(settings.delivery, ["at-least-once", "at-most-once"], "delivery", action)
  if (settings.weight !== undefined) checkWeight(settings.weight, action)
}

export function checkWeight(weight: number, action: string): void {
  if (weight >= 0 && weight < Number.POSITIVE_INFINITY) return
  throw new RangeError(`${action}: "weight" must be 0 or more, current value is ${show(weight)}`)
}

/** A whole number, 1 or more; `Infinity` is one. */
export function checkCount(value: number, name: string, action: string): void {
  if (value === Number.POSITIVE_INFINITY || (Number.isInteger(value) && value >= 1)) return
  throw new RangeError(`${action}: "${name}" must be a whole number, 1 or more, current value is ${show(value)}`)
}

export function checkRateLimit(rate: RateLimit, action: string): void {
  if (typeof rate !== "object" || rate === null) {
    throw new TypeError(
      `${action}: "rateLimit" must be like { limit: 10, per: "1 second" }, current value is ${show(rate)}`,
    )
  }
  checkCount(rate.limit, "rateLimit.limit", action)
  const per = checkDuration(rate.per, "rateLimit.per", action)
  if (per === 0 || per === Number.POSITIVE_INFINITY) {
    throw new RangeError(
      `${action}: "rateLimit.per" must be more than 0 and have an end, current value is ${show(rate.per)}`,
    )
  }
  if (rate.burst !== undefined) checkCount(rate.burst, "rateLimit.burst", action)
}

function checkRetry(retry: RetryPolicy, action: string): void {
  if (typeof retry !== "object" || retry === null) {
    throw new TypeError(`${action}: "retry" must be like { maxAttempts: 3 }, current value is ${show(retry)}`)
  }
  checkCount(retry.maxAttempts, "retry.maxAttempts", action)
  if (retry.delay !== undefined) checkDuration(retry.delay, "retry.delay", action)
  if (retry.maxDelay !== undefined) checkDuration(retry.maxDelay, "retry.maxDelay", action)
  checkChoice(retry.backoff, ["constant", "linear", "exponential"], "retry.backoff", action)
  checkChoice(retry.jitter, ["none", "full", "equal"], "retry.jitter", action)
  if (retry.when !== undefined && typeof retry.when !== "function") {
    throw new TypeError(`${action}: "retry.when" must be a function, current value is ${show(retry.when)}`)
  }
}

function checkTimeout(timeout: NonNullable<TaskSettings["timeout"]>, action: string): void {
  if (typeof timeout !== "object" || timeout === null) {
    throw new TypeError(
      `${action}: "timeout" must be like { soft: "10 seconds", hard: "15 seconds" }, current value is ${show(timeout)}`,
    )
  }
  const soft = timeout.soft === undefined ? undefined : checkDuration(timeout.soft, "timeout.soft", action)
  const hard = timeout.hard === undefined ? undefined : checkDuration(timeout.hard, "timeout.hard", action)
  if (soft !== undefined && hard !== undefined && soft >= hard) {
    throw new RangeError(
      `${action}: "timeout.soft" must be shorter than "timeout.hard", current values are ${show(timeout.soft)} and ${show(timeout.hard)}`,
    )
  }
}

function checkInstant(value: DurationInput | Date | undefined, name: string, action: string): void {
  if (value !== undefined) withAction(action, () => instantMs(value, 0, `"${name}"`))
}

function checkDuration(value: DurationInput, name: string, action: string): number {
  return withAction(action, () => durationMs(value, `"${name}"`))
}

export function checkText(value: unknown, name: string, action: string): void {
  if (typeof value === "string" && value !== "") return
  throw new TypeError(`${action}: "${name}" must be a text that is not empty, current value is ${show(value)}`)
}

function checkChoice(value: string | undefined, choices: readonly string[], name: string, action: string): void {
  if (value === undefined || choices.includes(value)) return
  throw new RangeError(`${action}: "${name}" must be one of ${choices.join(", ")}, current value is ${show(value)}`)
}

function withAction<T>(action: string, check: () => T): T {
  try {
    return check()
  } catch (error) {
    if (error instanceof Error) error.message = `${action}: ${error.message}`
    throw error
  }
}
