import type { TaskEvent } from "../../machines/task/events.ts"
import type { CancelReason } from "../../machines/task/outcome.ts"
import type { Timers } from "../clock/timers.ts"
import type { Clock } from "../ports/clock.ts"
import type { RunningAttempt } from "../task/attempt.ts"
import type { CancelReceipt } from "../task/receipt.ts"
import type { Task } from "../task/task.ts"
import type { LimitKeeper } from "./limits.ts"
import type { Roster } from "./roster.ts"
import { deadlineFailure } from "./verdict.ts"

export interface CancellationParts {
  readonly clock: Clock
  readonly timers: Timers
  readonly roster: Roster
  send(task: Task, event: TaskEvent): void
  /** The body's work is through, and only the check of its output was waited for. */
  finish(attempt: RunningAttempt): void
}

/**
 * How a task is brought to its end before it has come there by itself: request, abort, grace period, force. Children first; the first
 * cause wins; each request gets one receipt.
 */
export class Cancellation implements LimitKeeper {
  readonly clock: Clock
  readonly timers: Timers
  readonly #parts: CancellationParts
  /** Requests that wait for a task to end. */
  readonly #receipts = new Map<Task, ((receipt: CancelReceipt) => void)[]>()
  #longestGraceMs = Number.POSITIVE_INFINITY

  constructor(parts: CancellationParts) {
    this.#parts = parts
    this.clock = parts.clock
    this.timers = parts.timers
  }

  /** Resolves when the task has really ended. */
  cancel(task: Task, reason: CancelReason): Promise<CancelReceipt> {
    const outcome = task.end
    if (outcome !== undefined) {
      return new Promise((resolve) => task.whenSettled(({ status }) => resolve(`already-${status}`)))
    }
    return new Promise((resolve) => {
      const receipts = this.#receipts.get(task)
      if (receipts === undefined) this.#receipts.set(task, [resolve])
      else receipts.push(resolve)
      this.request(task, reason)
    })
  }

  request(task: Task, reason: CancelReason): void {
    const { attempt } = task
    if (attempt?.stage === "offered") {
      // Its executor has it in hand: taken back, it never ran; otherwise it begins, and is cancelled then.
      attempt.cancelWanted ??= reason
      attempt.abort("cancel")
      this.#forceInGrace(attempt)
      return
    }
    this.#parts.send(task, { type: "cancel", reason, at: this.clock.now() })
  }

  /** The task has been told to stop: its children first, and those that it has joined go on without it. */
  stop(task: Task): void {
    this.cancelChildren(task)
    const { attempt } = task
    if (attempt === undefined) return
    attempt.leaveJoined()
    attempt.abort("cancel")
    this.#forceInGrace(attempt)
  }

  cancelChildren(task: Task, reason: CancelReason = { type: "parent", parent: task.id }): void {
    if (task.children === undefined) return
    for (const child of [...task.children]) void this.cancel(child, reason)
  }

  /** From now on no grace period is longer, those that have begun included. */
  limitGrace(graceMs: number): void {
    this.#longestGraceMs = Math.min(this.#longestGraceMs, graceMs)
    for (const { snapshot, attempt } of this.#parts.roster.living()) {
      if (attempt === undefined || (snapshot.phase !== "cancelling" && attempt.cancelWanted === undefined)) continue
      const left = this.timers.left(attempt.killTimer)
      if (left === undefined || left > graceMs) this.#forceAfter(attempt, graceMs)
    }
  }

  giveReceipts(task: Task, receipt: CancelReceipt): void {
    const receipts = this.#receipts.get(task)
    if (receipts === undefined) return
    this.#receipts.delete(task)
    for (const resolve of receipts) resolve(receipt)
  }

  expire(task: Task): void {
    if (task.snapshot.attempt === 0) void this.cancel(task, { type: "expired" })
  }

  missDeadline(task: Task): void {
    const { attempt } = task
    if (attempt === undefined) {
      this.#parts.send(task, { type: "fail", failure: deadlineFailure(task), at: this.clock.now() })
    } else if (attempt.stage !== "offered") this.timeOut(attempt, "deadline")
    else {
      attempt.abort("deadline")
      this.#forceInGrace(attempt)
    }
  }

  /** Aborts an attempt for a reason of time; by force when there is no more of it. */
  timeOut(attempt: RunningAttempt, cause: "soft-timeout" | "hard-timeout" | "deadline"): void {
    if (attempt.stage === "ended" || attempt.task.snapshot.cancelRequested) return
    if (attempt.abortCause === "soft-timeout") {
      // The hard limit is the cause that counts from now on, and the body has had its time to react.
      attempt.abortCause = cause
      this.force(attempt)
      return
    }
    attempt.abort(cause)
    // One turn for a body that ends by itself as soon as it is aborted.
    if (cause !== "soft-timeout") this.clock.defer(() => this.force(attempt))
  }

  /** The forced end of what still goes on: the body, or, when that is through, its children and the check of its output. */
  force(attempt: RunningAttempt): void {
    if (attempt.stage === "ended") return
    attempt.interrupt()
    if (attempt.stage === "through") this.cancelChildren(attempt.task)
    if (attempt.stage === "checking") this.#parts.finish(attempt)
  }

  #forceInGrace(attempt: RunningAttempt): void {
    if (attempt.stage !== "ended") this.#forceAfter(attempt, Math.min(attempt.task.plan.graceMs, this.#longestGraceMs))
  }

  #forceAfter(attempt: RunningAttempt, graceMs: number): void {
    this.timers.end(attempt.killTimer)
    if (graceMs === Number.POSITIVE_INFINITY) return
    attempt.killTimer = this.timers.after(graceMs, () => this.force(attempt))
  }
}
