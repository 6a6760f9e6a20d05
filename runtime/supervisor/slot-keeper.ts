import type { RunningAttempt } from "../task/attempt.ts"
import type { Admission } from "./admission.ts"
import type { Executors } from "./executors.ts"

/** Which attempts hold their slot: all that are not through, but for those that wait for a child. */
export class SlotKeeper {
  readonly #admission: Admission
  readonly #executors: Executors

  constructor(admission: Admission, executors: Executors) {
    this.#admission = admission
    this.#executors = executors
  }

  began(attempt: RunningAttempt): void {
    attempt.slot = "busy"
    this.#admission.began(attempt.task)
  }

  giveUp(attempt: RunningAttempt): void {
    const { slot } = attempt
    if (slot === "none") return
    attempt.slot = "none"
    this.#admission.release(attempt.task, slot === "busy")
  }

  /** A body waits for a child: its slot is another's meanwhile. */
  lend(attempt: RunningAttempt): void {
    if (isThrough(attempt) || attempt.slot === "none") return
    this.giveUp(attempt)
    this.#executors.get(attempt.task.plan.executor).lend?.(attempt, true)
  }

  /** It goes on as soon as there is a slot for it, before all who have not begun; at once when it has been aborted. */
  async reclaim(attempt: RunningAttempt): Promise<void> {
    if (isThrough(attempt) || attempt.slot !== "none") return
    if (attempt.abortCause === undefined) {
      const hasSlot = await this.#admission.reclaim(attempt.task, (giveUp) => (attempt.endReturning = giveUp))
      attempt.endReturning = undefined
      if (hasSlot) attempt.slot = "busy"
    }
    // Its body may have ended meanwhile.
    if (isThrough(attempt)) return this.giveUp(attempt)
    this.#executors.get(attempt.task.plan.executor).lend?.(attempt, false)
  }
}

function isThrough({ stage }: RunningAttempt): boolean {
  return stage !== "running"
}
