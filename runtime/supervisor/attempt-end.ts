import * as Exit from "effect/Exit"
import type { TaskEvent } from "../../machines/task/events.ts"
import type { TaskFailure } from "../../machines/task/outcome.ts"
import { validate, type Validated } from "../definition/validate.ts"
import { findUnserializable } from "../failure/codec/unserializable-path.ts"
import type { Journal } from "../journal/journal.ts"
import type { Clock } from "../ports/clock.ts"
import type { RunningAttempt } from "../task/attempt.ts"
import { backoffMs } from "../task/backoff.ts"
import type { Task } from "../task/task.ts"
import type { Callbacks } from "./callbacks.ts"
import type { Executors } from "./executors.ts"
import type { SlotKeeper } from "./slot-keeper.ts"
import { failureOf, verdictOf } from "./verdict.ts"

export interface AttemptEndParts {
  readonly clock: Clock
  readonly random: () => number
  readonly executors: Executors
  readonly callbacks: Callbacks
  readonly slots: SlotKeeper
  readonly journal: Journal | undefined
  send(task: Task, event: TaskEvent): void
  cancelChildren(task: Task): void
}

/** What follows the end of a body: its children's end, the check of its output, the verdict, and perhaps another attempt. */
export class AttemptEnd {
  readonly #parts: AttemptEndParts

  constructor(parts: AttemptEndParts) {
    this.#parts = parts
  }

  /** The executor is through with it: the work has stopped. */
  stopped(attempt: RunningAttempt, exit: Exit.Exit<unknown, TaskFailure>): void {
    // An executor that forgot to say so: what has an output has begun.
    if (Exit.isSuccess(exit)) attempt.started()
    attempt.bodyEnded()
    const { task } = attempt
    // Whoever made children waits for their end; if it failed or is to end, they are cancelled.
    if (!Exit.isSuccess(exit) || attempt.abortCause !== undefined) this.#parts.cancelChildren(task)
    const { children } = task
    if (children === undefined || children.size === 0) return this.#check(attempt, exit)
    this.#parts.slots.giveUp(attempt)
    let left = children.size
    for (const child of children) {
      child.whenSettled(() => {
        if (--left === 0) queueMicrotask(() => this.stopped(attempt, exit))
      })
    }
  }

  /** Tells the machine how the attempt ended. `end` is undefined when force has ended it. */
  finish(attempt: RunningAttempt, end: Validated | undefined): void {
    if (attempt.stage === "ended") return
    const { task } = attempt
    const neverBegan = attempt.stage === "offered"
    attempt.flush()
    attempt.close()
    this.#parts.slots.giveUp(attempt)
    const at = this.#parts.clock.now()
    if (attempt.cancelWanted !== undefined && neverBegan) {
      this.#parts.journal?.takenBack(task)
      this.#parts.send(task, { type: "cancel", reason: attempt.cancelWanted, at })
    } else if (task.snapshot.cancelRequested) this.#parts.send(task, { type: "stop", at })
    else this.#judge(attempt, end, at)
    if (task.attempt === attempt) task.attempt = undefined
  }

  #check(attempt: RunningAttempt, exit: Exit.Exit<unknown, TaskFailure>): void {
    if (Exit.isFailure(exit)) {
      const failure = failureOf(exit)
      if (failure !== undefined) return this.finish(attempt, { failure })
      if (attempt.stage !== "offered") attempt.stoppedHow = this.#howStopped(attempt)
      return this.finish(attempt, undefined)
    }
    const schema = attempt.task.definition.output
    if (schema === undefined) return this.finish(attempt, { output: exit.value })
    const validated = validate(schema, exit.value, "output")
    if (validated instanceof Promise) {
      attempt.stage = "checking"
      void validated.then((end) => this.finish(attempt, end))
    } else this.finish(attempt, validated)
  }

  #judge(attempt: RunningAttempt, end: Validated | undefined, at: number): void {
    const { task } = attempt
    const verdict = this.#kept(task, verdictOf(attempt, end))
    if ("output" in verdict) this.#parts.send(task, { type: "complete", output: verdict.output, at })
    else {
      const { failure } = verdict
      this.#parts.send(task, { type: "fail", failure, at, retryAt: this.#retryAt(attempt, failure, at) })
    }
  }

  /** An output that cannot be kept is no output. */
  #kept(task: Task, verdict: Validated): Validated {
    const { journal } = this.#parts
    if (journal === undefined || "failure" in verdict) return verdict
    try {
      journal.keepOutput(task, verdict.output)
      return verdict
    } catch {
      const path = findUnserializable(verdict.output, "output", (value) => journal.session.encode(value))
      return { failure: { type: "serialization", side: "output", ...(path && { path }) } }
    }
  }

  /** When there is to be another attempt. */
  #retryAt({ task, number, retry, inputGone }: RunningAttempt, failure: TaskFailure, now: number): number | undefined {
    const plan = task.plan.retry
    if (number >= plan.maxAttempts || inputGone || failure.type === "validation") return undefined
    if (failure.type === "timeout" && failure.limit === "deadline") return undefined
    if (retry === undefined && plan.when !== undefined && !this.#isWorthIt(task, plan.when, failure)) return undefined
    return now + (retry?.afterMs ?? backoffMs(plan, number, this.#parts.random()))
  }

  #isWorthIt(task: Task, when: (failure: TaskFailure) => boolean, failure: TaskFailure): boolean {
    try {
      return when(failure)
    } catch (error) {
      this.#parts.callbacks.warn(
        `"retry.when" of task ${task.id} (${task.definition.taskName}) threw; there is no retry`,
        error,
      )
      return false
    }
  }

  /** A body that has begun was ended by force. */
  #howStopped({ task }: RunningAttempt): "terminated" | "abandoned" {
    if (this.#parts.executors.get(task.plan.executor).force === "terminates") return "terminated"
    this.#parts.callbacks.warn(
      `Task ${task.id} (${task.definition.taskName}) ignored its abort and was cut off: a coroutine cannot be killed, it may still be running; let it look at ctx.signal`,
    )
    return "abandoned"
  }
}
