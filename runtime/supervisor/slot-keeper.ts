import type { RunningAttempt } from "../task/attempt.ts"
import type { Task } from "../task/task.ts"
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

  /**
   * It goes on as soon as there is a slot for it, before all who have not begun; at once when it has been aborted. Whose patience with
   * `lateChild` is over goes on at once as well where a slot is held by one of its own: that may never end unless the body ends it.
   */
  reclaim(attempt: RunningAttempt, lateChild?: Task): Promise<void> {
    if (isThrough(attempt) || attempt.slot !== "none") return Promise.resolve()
    // Two waits that end one after the other want one slot.
    if (attempt.returning !== undefined) return attempt.returning
    if (attempt.abortCause === undefined) {
      if (lateChild === undefined || !isAnySlotHeld(attempt.task, lateChild)) return this.#queue(attempt)
      this.#admission.retake(attempt.task)
      attempt.slot = "busy"
    }
    this.#resume(attempt)
    return Promise.resolve()
  }

  #queue(attempt: RunningAttempt): Promise<void> {
    const granted = this.#admission.reclaim(attempt.task, (giveUp) => (attempt.endReturning = giveUp))
    attempt.returning = granted.then((hasSlot) => {
      attempt.endReturning = undefined
      attempt.returning = undefined
      if (hasSlot) attempt.slot = "busy"
      // Its body may have ended meanwhile.
      if (isThrough(attempt)) this.giveUp(attempt)
      else this.#resume(attempt)
    })
    return attempt.returning
  }

  #resume(attempt: RunningAttempt): void {
    this.#executors.get(attempt.task.plan.executor).lend?.(attempt, false)
  }
}

function isThrough({ stage }: RunningAttempt): boolean {
  return stage !== "running"
}

function isAnySlotHeld(parent: Task, lateChild: Task): boolean {
  return holdsSlot(lateChild) || [...(parent.children ?? [])].some(holdsSlot)
}

/** Itself or one of its descendants. */
function holdsSlot({ attempt, children }: Task): boolean {
  if (attempt !== undefined && attempt.slot !== "none") return true
  return children !== undefined && [...children].some(holdsSlot)
}
