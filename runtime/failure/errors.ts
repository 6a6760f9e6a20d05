import { show } from "./show.ts"
import type { CancelReason, TaskFailure } from "../../machines/task/outcome.ts"

/**
 * Rejection of `handle.result()` for a failed task: `failure` tells why, `cause` is the body's own error, where it threw one.
 *
 * @example
 * const parse = defineTask({ name: "parse", run: (_ctx, text: string) => JSON.parse(text) as unknown })
 * try {
 *   console.log(await supervisor.run(parse("{")).result())
 * } catch (error) {
 *   if (!(error instanceof TaskFailedError)) throw error
 *   console.log(error.failure.type, error.cause) // error SyntaxError: …
 * }
 */
export class TaskFailedError extends Error {
  override readonly name = "TaskFailedError"
  readonly failure: TaskFailure

  constructor(task: string, failure: TaskFailure) {
    super(`Task ${task} failed: ${describeFailure(failure)}`, "error" in failure ? { cause: failure.error } : undefined)
    this.failure = failure
  }
}

/**
 * Rejection of `handle.result()` for a cancelled task: `reason` tells why.
 *
 * @example
 * const task = supervisor.addCoroutine((ctx) => new Promise((resolve) => ctx.onCancel(() => resolve(undefined))), [])
 * void task.cancel("no longer needed")
 * const ended = await task.result().catch((error: unknown) => error)
 * if (ended instanceof TaskCancelledError) console.log(ended.reason) // { type: "requested", message: "no longer needed" }
 */
export class TaskCancelledError extends Error {
  override readonly name = "TaskCancelledError"
  readonly reason: CancelReason

  constructor(task: string, reason: CancelReason) {
    super(`Task ${task} was cancelled: ${describeCancel(reason)}`)
    this.reason = reason
  }
}

/**
 * Rejection of `handle.result({ timeout })` when the time is over first. The task itself goes on.
 *
 * @example
 * const task = supervisor.addCoroutine(async () => (await fetch("http://127.0.0.1/")).status, [])
 * const status = await task.result({ timeout: "2 seconds" }).catch(async (error: unknown) => {
 *   if (!(error instanceof TaskTimeoutError)) throw error
 *   await task.cancel("it took too long") // giving up waiting does not end it
 *   return undefined
 * })
 */
export class TaskTimeoutError extends Error {
  override readonly name = "TaskTimeoutError"

  constructor(task: string, afterMs: number) {
    super(`Cannot give the result of task ${task} yet: it has not settled within ${afterMs} ms; it goes on running`)
  }
}

/**
 * Thrown by `supervisor.get(id)` for an id that this supervisor does not know, or knows no more. Such a task is never reported as "pending".
 *
 * @example
 * function statusOf(id: string): string {
 *   try {
 *     return supervisor.get(id).snapshot.status
 *   } catch (error) {
 *     if (error instanceof TaskNotFoundError) return "unknown"
 *     throw error
 *   }
 * }
 */
export class TaskNotFoundError extends Error {
  override readonly name = "TaskNotFoundError"

  constructor(id: string) {
    super(
      `Cannot find task ${show(id)}: this supervisor never had it, or it settled so long ago that it was forgotten (option "history")`,
    )
  }
}

/**
 * A failure in one line, for people.
 *
 * @example
 * console.log(describeFailure({ type: "crash", signal: "SIGKILL" })) // its worker was killed by SIGKILL
 */
export function describeFailure(failure: TaskFailure): string {
  switch (failure.type) {
    case "error":
      return `${failure.error.name}: ${failure.error.message}`
    case "timeout":
      return `${failure.limit} ${failure.limit === "deadline" ? "" : "timeout "}of ${failure.afterMs} ms is over`.replace(
        "  ",
        " ",
      )
    case "crash": {
      if (failure.outOfMemory) return "its worker ran out of memory"
      if (failure.signal !== undefined) return `its worker was killed by ${failure.signal}`
      return `its worker exited with code ${failure.exitCode ?? "unknown"}`
    }
    case "serialization":
      return `its ${failure.side} cannot be sent ${failure.side === "input" ? "to" : "from"} a worker${failure.path === undefined ? "" : `: ${failure.path} cannot be cloned`}; use plain data, or run it as a coroutine`
    case "validation":
      return `its ${failure.side} is not valid: ${failure.issues.join("; ")}`
    case "setup":
      return failure.error.message
    case "lost":
      return failure.node === undefined ? "the program that ran it is gone" : `its node ${failure.node} is gone`
  }
}

/**
 * A cancellation's reason in a few words, for people.
 *
 * @example
 * console.log(describeCancel({ type: "shutdown" })) // the supervisor shuts down
 */
export function describeCancel(reason: CancelReason): string {
  switch (reason.type) {
    case "requested":
      return reason.message ?? "requested"
    case "replaced":
      return `replaced by ${reason.by}`
    case "parent":
      return `its parent ${reason.parent} ended`
    case "expired":
      return "expired before it could start"
    case "skipped":
      return `skipped because ${reason.because}`
    case "shutdown":
      return "the supervisor shuts down"
  }
}
