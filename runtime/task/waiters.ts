import type { Outcome } from "../../machines/task/outcome.ts"
import { unwrap } from "../context/child-handle.ts"

/**
 * One who waits for a task's outcome, and the next one: a list without an array, because nearly every task has one of them and hardly
 * any has two.
 */
export interface Waiter {
  settled(id: string, outcome: Outcome<unknown>): void
  next: Waiter | undefined
}

/** Waits for the output, as a promise's two ends. */
export class ResultWaiter implements Waiter {
  next: Waiter | undefined = undefined
  readonly #resolve: (output: unknown) => void
  readonly #reject: (error: unknown) => void

  constructor(resolve: (output: unknown) => void, reject: (error: unknown) => void) {
    this.#resolve = resolve
    this.#reject = reject
  }

  settled(id: string, outcome: Outcome<unknown>): void {
    if (outcome.status === "completed") return this.#resolve(outcome.output)
    try {
      unwrap(id, outcome)
    } catch (error) {
      this.#reject(error)
    }
  }
}

/** Waits for the outcome itself. */
export class OutcomeWaiter implements Waiter {
  next: Waiter | undefined = undefined
  readonly #callback: (outcome: Outcome<unknown>) => void

  constructor(callback: (outcome: Outcome<unknown>) => void) {
    this.#callback = callback
  }

  settled(_id: string, outcome: Outcome<unknown>): void {
    this.#callback(outcome)
  }
}

/**
 * Those who came one after another and may stop waiting before the end, as one place in the list: a list linked one way gives nobody back
 * in the middle, and the others are not to pay for a way back.
 */
export class LeavableWaiters implements Waiter {
  next: Waiter | undefined = undefined
  readonly #callbacks = new Set<(outcome: Outcome<unknown>) => void>()

  /** Returns the way out. `callback` is a function made for this call. */
  add(callback: (outcome: Outcome<unknown>) => void): () => void {
    this.#callbacks.add(callback)
    return () => void this.#callbacks.delete(callback)
  }

  settled(_id: string, outcome: Outcome<unknown>): void {
    for (const callback of this.#callbacks) callback(outcome)
  }
}

/** The same list in its other direction. */
export function turned(list: Waiter): Waiter {
  let first = list
  let rest = list.next
  list.next = undefined
  while (rest !== undefined) {
    const after: Waiter | undefined = rest.next
    rest.next = first
    first = rest
    rest = after
  }
  return first
}
