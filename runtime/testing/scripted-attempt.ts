import * as Effect from "effect/Effect"
import type { LogLevel } from "../../machines/task/events.ts"
import type { TaskFailure } from "../../machines/task/outcome.ts"
import type { AbortCause, Attempt } from "../ports/executor.ts"

/** One attempt whose body the test plays. What is said after its end has no effect, as with a body. */
export class ScriptedAttempt {
  /** The task's. */
  readonly id: string
  readonly name: string
  readonly args: readonly unknown[]
  /** Counted from 1. */
  readonly attempt: number
  readonly #attempt: Attempt
  readonly #heeds: boolean
  #over: ((end: Effect.Effect<unknown, TaskFailure> | undefined) => void) | undefined

  /** @internal */
  constructor(attempt: Attempt, heeds: boolean, over: (end: Effect.Effect<unknown, TaskFailure> | undefined) => void) {
    this.id = attempt.id
    this.name = attempt.definition.taskName
    this.args = attempt.args
    this.attempt = attempt.attempt
    this.#attempt = attempt
    this.#heeds = heeds
    this.#over = over
  }

  /** Why it is to end; undefined until it is. */
  get abortCause(): AbortCause | undefined {
    return this.#attempt.abortCause
  }

  get hasEnded(): boolean {
    return this.#over === undefined
  }

  report(progress: number, message?: string): this {
    const { link } = this.#attempt
    link.progress(progress)
    if (message !== undefined) link.message(message)
    link.flush()
    return this
  }

  event(name: string, data?: unknown): this {
    this.#attempt.link.event(name, data)
    return this
  }

  log(level: LogLevel, ...data: readonly unknown[]): this {
    this.#attempt.link.log(level, data)
    return this
  }

  complete(output?: unknown): void {
    this.#end(Effect.succeed(output))
  }

  /** With what the body throws, or with any other failure. */
  fail(why: Error | TaskFailure): void {
    this.#end(Effect.fail(why instanceof Error ? { type: "error", error: why } : why))
  }

  /** Its worker dies. */
  crash(how: Omit<Extract<TaskFailure, { type: "crash" }>, "type"> = { exitCode: 1 }): void {
    this.fail({ type: "crash", ...how })
  }

  /** Ends as a body that throws what its signal aborts with. */
  heed(): void {
    this.fail(new DOMException("This operation was aborted", "AbortError"))
  }

  /** @internal The supervisor knows that it runs. */
  begin(): void {
    this.#attempt.onAbort(() => {
      if (this.#heeds) this.heed()
    })
  }

  /** @internal The supervisor has ended it by force. */
  terminated(): void {
    this.#end(undefined)
  }

  /** @internal */
  isOf(attempt: Attempt): boolean {
    return attempt === this.#attempt
  }

  #end(end: Effect.Effect<unknown, TaskFailure> | undefined): void {
    const over = this.#over
    this.#over = undefined
    over?.(end)
  }
}
