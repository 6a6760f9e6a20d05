import type { Workings } from "../supervisor/workings.ts"
import { checkListener } from "../task/check-listener.ts"
import type { LiveGraphSnapshot } from "./live-graph.ts"

type Listener = (snapshot: LiveGraphSnapshot) => void

/** Looks whether it is so far, and ends the wait if it is. */
type Waiter = () => void

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

  /** Resolves to the first value that there is; to undefined when `timeoutMs` passed first. */
  wait<Value>(valueNow: () => Value | undefined, timeoutMs?: number): Promise<Value | undefined> {
    const first = valueNow()
    if (first !== undefined || timeoutMs === 0) return Promise.resolve(first)
    const { timers } = this.#workings
    return new Promise((resolve) => {
      const end = (value: Value | undefined): void => {
        timers.end(timer)
        this.#waiters.delete(look)
        resolve(value)
      }
      const look: Waiter = () => {
        const value = valueNow()
        if (value !== undefined) end(value)
      }
      const timer = timeoutMs === undefined ? undefined : timers.after(timeoutMs, () => end(undefined))
      this.#waiters.add(look)
    })
  }

  /** Whoever has waited long enough is told. */
  look(): void {
    for (const look of this.#waiters) look()
  }
}
