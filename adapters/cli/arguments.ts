import type { DurationInput } from "../../runtime/definition/duration.ts"
import { durationMs } from "../../runtime/definition/duration.ts"
import type { TaskPolicy } from "../inspector/task-policy.ts"
import { UsageError } from "./usage-error.ts"

/** A task's argument: JSON where it is JSON, else the text itself. */
export function argumentOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** The whole argument list, as JSON. */
export function argumentListOf(text: string): readonly unknown[] {
  const list = argumentOf(text)
  if (Array.isArray(list)) return list
  throw new UsageError(`Cannot read --args: it must be a JSON array, as in '[1, "two"]', current value is ${text}`)
}

/** A key: a JSON array as in `["machine", 7]`, else the text itself. */
export function keyOf(text: string): string | readonly (string | number)[] {
  const key = argumentOf(text)
  return Array.isArray(key) ? key : text
}

const shortUnits: Readonly<Record<string, string>> = { s: "seconds", m: "minutes", h: "hours", d: "days" }

/** `500ms`, `10s`, `"10 seconds"`, or a number of milliseconds. */
export function durationOf(option: string): (text: string) => number {
  return (text) => {
    const [, value, unit] = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/.exec(text) ?? []
    const long = unit === undefined ? text : unit === "" ? Number(value) : `${value} ${shortUnits[unit] ?? unit}`
    try {
      return durationMs(long as DurationInput, option)
    } catch {
      throw new UsageError(
        `Cannot read ${option}: ${JSON.stringify(text)} is not a duration; give one such as 500ms, 10s, "2 minutes"`,
      )
    }
  }
}

export function countOf(option: string): (text: string) => number {
  return (text) => {
    if (/^\d+$/.test(text)) return Number(text)
    throw new UsageError(
      `Cannot read ${option}: it must be a whole number, 0 or more, current value is ${JSON.stringify(text)}`,
    )
  }
}

/** `thread=2` or `thread=2,process=1`; the option may be given several times. */
export function concurrencyOf(text: string, before: Readonly<Record<string, number>> = {}): Record<string, number> {
  const all = { ...before }
  for (const part of text.split(",")) {
    const [, executor, slots] = /^\s*([^=\s]+)\s*=\s*([1-9]\d*)\s*$/.exec(part) ?? []
    if (executor === undefined || slots === undefined) {
      throw new UsageError(
        `Cannot read --concurrency: it must be an executor and its slots, as in thread=2, current value is ${JSON.stringify(text)}`,
      )
    }
    all[executor] = Number(slots)
  }
  return all
}

/** `all`, `running`, or a number: that of a sample. */
export function policyOf(text: string): TaskPolicy {
  if (text === "all" || text === "running") return text
  if (/^[1-9]\d*$/.test(text)) return { sample: Number(text) }
  throw new UsageError(
    `Cannot read --tasks: it must be all, running or a number, 1 or more, current value is ${JSON.stringify(text)}`,
  )
}
