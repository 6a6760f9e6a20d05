import { durationMs, type DurationInput } from "../../../runtime/definition/duration.ts"
import { show } from "../../../runtime/failure/show.ts"
import type { CrewLimits } from "./crew.ts"

/** What all kinds of workers can be told. */
export interface WorkerPoolOptions {
  /** Slots, where the supervisor's `concurrency` does not say: a whole number, 1 or more. Default: one for each core. */
  readonly concurrency?: number
  /**
   * A module that each worker imports once, before its first task. If its default export is a function, it is awaited. When it
   * fails, the worker ends; when that goes on (`restarts`), tasks fail with a `setup` failure that says why.
   */
  readonly setup?: string | URL
  /**
   * How long a worker may take to get ready, its set-up module included, and then to begin what it is given, the import of the task's
   * module included. One that takes longer is ended and replaced. If it was not ready, that counts for `restarts`; if it did not begin
   * a task, another worker tries once more before the task fails as `setup`. The import of a child's module where the supervisor is may
   * take as long, before the child fails as `setup`. Default "30 seconds".
   */
  readonly startTimeout?: DurationInput
  /** When a worker is replaced by a fresh one, between two tasks. Default: never. */
  readonly recycle?: {
    /** After so many tasks: a whole number, 1 or more. */
    readonly tasks?: number
    /** Above so many bytes (a thread's heap, a process's resident set); a number, or a text such as "512 MB". */
    readonly memory?: number | `${number} ${"MB" | "GB"}`
  }
  /**
   * How many workers may die before they are ready, in how long, before the executor gives up and its tasks fail with the
   * reason. Default 5 within "60 seconds".
   */
  readonly restarts?: { readonly limit: number; readonly within: DurationInput }
}

/**
 * The limits that the options stand for.
 *
 * @throws TypeError or RangeError that names the option and its value.
 */
export function crewLimits(options: WorkerPoolOptions, action: string): CrewLimits {
  const { recycle = {}, restarts, concurrency, startTimeout } = options
  if (concurrency !== undefined) checkWhole(concurrency, 1, `${action}: "concurrency"`)
  if (recycle.tasks !== undefined) checkWhole(recycle.tasks, 1, `${action}: "recycle.tasks"`)
  if (restarts !== undefined) checkWhole(restarts.limit, 0, `${action}: "restarts.limit"`)
  return {
    startTimeoutMs: durationMs(startTimeout ?? 30_000, '"startTimeout"'),
    recycle: {
      tasks: recycle.tasks ?? Number.POSITIVE_INFINITY,
      memory: recycle.memory === undefined ? Number.POSITIVE_INFINITY : bytesOf(recycle.memory, action),
    },
    restarts: {
      limit: restarts?.limit ?? 5,
      withinMs: durationMs(restarts?.within ?? "60 seconds", '"restarts.within"'),
    },
  }
}

/**
 * The address of the set-up module.
 *
 * @throws TypeError when it is not absolute: relative to what, only its author knows.
 */
export function setupUrl(setup: string | URL | undefined, action: string): string | undefined {
  if (setup === undefined) return undefined
  if (URL.canParse(setup)) return String(setup)
  throw new TypeError(
    `${action}: "setup" must be an absolute URL, current value is ${show(setup)}; write new URL("./setup.js", import.meta.url)`,
  )
}

const unitBytes: Readonly<Record<string, number>> = { MB: 2 ** 20, GB: 2 ** 30 }

function bytesOf(memory: number | string, action: string): number {
  const match = typeof memory === "string" ? /^\s*(\d+(?:\.\d+)?)\s*(MB|GB)\s*$/.exec(memory) : null
  const bytes = match === null ? memory : Number(match[1]) * (unitBytes[match[2] ?? ""] ?? Number.NaN)
  if (typeof bytes === "number" && bytes > 0) return bytes
  throw new RangeError(
    `${action}: "recycle.memory" must be a number of bytes above 0, or a text such as "512 MB", current value is ${show(memory)}`,
  )
}

/** @throws TypeError or RangeError that begins with `what`. */
export function checkWhole(value: number, least: number, what: string): void {
  if (typeof value !== "number") {
    throw new TypeError(`${what} must be a whole number, ${least} or more, current value is ${show(value)}`)
  }
  if (!Number.isInteger(value) || value < least) {
    throw new RangeError(`${what} must be a whole number, ${least} or more, current value is ${value}`)
  }
}
