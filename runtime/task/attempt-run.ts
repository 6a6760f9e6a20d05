import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { Fiber } from "effect/Fiber"
import type { TaskFailure } from "../../machines/task/outcome.ts"

type AttemptExit = Exit.Exit<unknown, TaskFailure>

/**
 * Begins an attempt, and tells its exit once. What it returns ends the attempt by force when it is run; without it, whoever interrupts
 * does not wait for anything.
 */
export type BeginAttempt = (end: (exit: AttemptExit) => void) => Effect.Effect<void> | void

const beginning = Symbol("tasktor.attempt.begin")

interface AttemptEffect extends Effect.Effect<unknown, TaskFailure> {
  [beginning]?: BeginAttempt
}

/**
 * The Effect of an attempt which is one callback: `Effect.callback`, and the supervisor runs it without a fiber. A fiber would have
 * nothing to do for it but wait, and took a fifth of a short task's time.
 */
export function attemptEffect(begin: BeginAttempt): Effect.Effect<unknown, TaskFailure> {
  const effect: AttemptEffect = Effect.callback(begin)
  effect[beginning] = begin
  return effect
}

/** Who is told of the exit. */
export interface AttemptJudge<Attempt> {
  stopped(attempt: Attempt, exit: AttemptExit): void
}

/** The running of an attempt's Effect, to its exit. */
export class AttemptRun<Attempt = unknown> {
  readonly #attempt: Attempt
  readonly #judge: AttemptJudge<Attempt>
  #state: "beginning" | "going" | "interrupted" | "over" = "beginning"
  /** It was over before it had begun to its end. */
  #early: AttemptExit | undefined = undefined
  #force: Effect.Effect<void> | void = undefined
  #fiber: Fiber<unknown, TaskFailure> | undefined = undefined

  /** @param judge Told once, and not before `start` has begun the Effect. */
  constructor(attempt: Attempt, judge: AttemptJudge<Attempt>) {
    this.#attempt = attempt
    this.#judge = judge
  }

  start(effect: AttemptEffect): void {
    const begin = effect[beginning]
    if (begin === undefined) this.#fork(effect)
    else {
      try {
        this.#force = begin((exit) => this.#end(exit))
      } catch (error) {
        this.#early = Exit.die(error)
      }
    }
    const wasInterrupted = this.#state === "interrupted"
    this.#state = "going"
    if (this.#early !== undefined) this.#end(this.#early)
    else if (wasInterrupted) this.interrupt()
  }

  /** Ends it by force. The exit comes when nothing of it goes on. */
  interrupt(): void {
    switch (this.#state) {
      case "beginning":
        this.#state = "interrupted"
        return
      case "going":
        if (this.#fiber !== undefined) return this.#fiber.interruptUnsafe()
        this.#state = "interrupted"
        if (this.#force === undefined) this.#over(Exit.interrupt())
        else
          Effect.runFork(this.#force).addObserver((exit) => this.#over(Exit.isFailure(exit) ? exit : Exit.interrupt()))
        return
      case "interrupted":
      case "over":
        return
    }
  }

  #fork(effect: Effect.Effect<unknown, TaskFailure>): void {
    this.#fiber = Effect.runFork(effect)
    this.#fiber.addObserver((exit) => this.#end(exit))
  }

  #end(exit: AttemptExit): void {
    if (this.#state === "going") this.#over(exit)
    // Or one that is being forced to end, and ends by that.
    else this.#early ??= exit
  }

  #over(exit: AttemptExit): void {
    this.#state = "over"
    this.#judge.stopped(this.#attempt, exit)
  }
}
