import type { Workings } from "../supervisor/workings.ts"
import { checkListener } from "../task/check-listener.ts"
import type { LiveGraphSnapshot } from "./live-graph.ts"

type Listener = (snapshot: LiveGraphSnapshot) => void

interface Waiter {
  readonly isOver: () => boolean
  readonly end: (isOver: boolean) => void
}

/** Those who follow a live graph, and those who wait until it is so far. */
export class Onlookers {
  readonly #workings: Workings
  readonly #snapshot: () => LiveGraphSnapshot
  readonly #listeners = new Set<Listener>()
  readonly #waiters = new Set<Waiter>()
  #told: LiveGraphSnapshot | undefined
  #isTelling = false

  constructor(workings: Workings, snapshot: () => LiveGraphSnapshot) {
    this.#workings = workings
    this.#snapshot = snapshot
  }

  subscribe(listener: Listener): () => void {
    checkListener(listener)
    // One function may be given twice.
    const own: Listener = (snapshot) => listener(snapshot)
    this.#listeners.add(own)
    return () => void this.#listeners.delete(own)
  }

  /** Something has changed: they are told once in a turn of the event loop. */
  changed(): void {
    if (this.#isTelling || this.#listeners.size === 0) return
    this.#isTelling = true
    this.#workings.clock.defer(() => {
      this.#isTelling = false
      const snapshot = this.#snapshot()
      if (snapshot === this.#told) return
      this.#told = snapshot
      for (const listener of this.#listeners) {
        this.#workings.callbacks.call("A listener to a live graph", () => listener(snapshot))
      }
    })
  }

  /** True as soon as it is over; false when `timeoutMs` passed first. */
  wait(isOver: () => boolean, timeoutMs: number = Number.POSITIVE_INFINITY): Promise<boolean> {
    if (timeoutMs === 0 || isOver()) return Promise.resolve(isOver())
    const { timers } = this.#workings
    return new Promise((resolve) => {
      const timer =
        timeoutMs === Number.POSITIVE_INFINITY ? undefined : timers.after(timeoutMs, () => waiter.end(false))
      const waiter: Waiter = {
        isOver,
        end: (result) => {
          timers.end(timer)
          this.#waiters.delete(waiter)
          resolve(result)
        },
      }
      this.#waiters.add(waiter)
    })
  }

  /** Whoever has waited long enough is told. */
  look(): void {
    for (const waiter of this.#waiters) if (waiter.isOver()) waiter.end(true)
  }
}
