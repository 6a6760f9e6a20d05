import type { Outcome } from "../../machines/task/outcome.ts"
import type { Timers } from "../clock/timers.ts"
import type { SlotKeeper } from "../supervisor/slot-keeper.ts"
import type { RunningAttempt } from "./attempt.ts"
import type { Task } from "./task.ts"

/**
 * How a body waits for its children: without its slot. Of several waits at once the first one gives it up and the last one takes it
 * back; taken back earlier, it could be the one that a child which is still waited for wants.
 */
export class ChildWaits {
  readonly #attempt: RunningAttempt
  readonly #slots: SlotKeeper
  readonly #timers: Timers
  #waiting = 0
  /** Waits for tasks that are another's and were joined: a cancel, which ends the body's own children, ends these. */
  #joined: Set<() => void> | undefined

  constructor(attempt: RunningAttempt, { slots, timers }: { readonly slots: SlotKeeper; readonly timers: Timers }) {
    this.#attempt = attempt
    this.#slots = slots
    this.#timers = timers
  }

  /** Undefined when `timeoutMs` has passed first, and the child goes on still. */
  outcomeOf(child: Task, timeoutMs: number | undefined): Promise<Outcome<unknown> | undefined> {
    if (child.settled && child.isTold) return child.outcome()
    this.#waiting++
    this.#slots.lend(this.#attempt)
    return new Promise((resolve) => {
      // Without a promise between, so that it stands in line for its slot before those who have not begun are let in.
      const end = (outcome: Outcome<unknown> | undefined): void =>
        void this.#ended(outcome === undefined ? child : undefined).then(() =>
          resolve(outcome ?? (child.isTold ? child.end : undefined)),
        )
      const { task } = this.#attempt
      // Nobody cancels what has settled either, and waits for a store to be told of.
      const isJoined = child.parent !== task || child.settled
      if (timeoutMs === undefined && !isJoined) return child.whenSettled(end)
      const stop = (outcome: Outcome<unknown> | undefined): void => {
        this.#timers.end(timer)
        this.#joined?.delete(goWithout)
        leave()
        end(outcome)
      }
      const goWithout = (): void => stop({ status: "cancelled", reason: { type: "parent", parent: task.id } })
      const timer = timeoutMs === undefined ? undefined : this.#timers.after(timeoutMs, () => stop(undefined))
      const leave = child.whenSettledOrLeft(stop)
      if (!isJoined) return
      if (task.snapshot.cancelRequested) goWithout()
      else (this.#joined ??= new Set()).add(goWithout)
    })
  }

  /** The body is to end: whom it has joined goes on without it. */
  leaveJoined(): void {
    for (const goWithout of [...(this.#joined ?? [])]) goWithout()
  }

  async #ended(lateChild: Task | undefined): Promise<void> {
    if (--this.#waiting > 0) return
    await this.#slots.reclaim(this.#attempt, lateChild)
    // Another wait has begun meanwhile.
    if (this.#waiting > 0) this.#slots.lend(this.#attempt)
  }
}
