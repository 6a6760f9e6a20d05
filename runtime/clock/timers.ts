import type { Clock } from "../ports/clock.ts"
import { Heap, type HeapItem } from "./heap.ts"

/** A timer that has not fired. Ended by `timers.end(timer)`. */
export interface Timer extends HeapItem {
  /** On the clock's monotonic scale. */
  readonly due: number
  /** Timers of one instant fire in the order in which they were made. */
  readonly serial: number
  callback: (() => void) | undefined
}

/** Who waits for an instant of the wall clock looks at it so often: it may be set, and a machine may sleep, which timers do not count. */
export const longestSleepMs = 60_000

// Longer waits overflow the platforms' 31-bit timers; the heap wakes up and goes on waiting.
const longestWait = 2 ** 31 - 1

/**
 * All timers of one supervisor in one binary heap on one platform timer: arming and ending one costs O(log n) with any number
 * of them, where XState's own delays scan all of them at each actor's stop.
 */
export class Timers {
  readonly #clock: Clock
  readonly #heap = new Heap<Timer>(isBefore)
  #armed: unknown
  #armedFor = Number.POSITIVE_INFINITY
  #serial = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get size(): number {
    return this.#heap.size
  }

  /** Calls back once, `ms` milliseconds from now. */
  after(ms: number, callback: () => void): Timer {
    const due = this.#clock.monotonic() + Math.max(0, ms)
    const timer: Timer = { due, serial: this.#serial++, callback, index: -1 }
    this.#heap.place(timer)
    this.#arm()
    return timer
  }

  /** Milliseconds until it fires; undefined for one that has fired or ended. */
  left(timer: Timer | undefined): number | undefined {
    return timer === undefined || timer.index < 0 ? undefined : timer.due - this.#clock.monotonic()
  }

  /** Ends a timer; one that has fired or ended already is left alone. */
  end(timer: Timer | undefined): void {
    if (timer === undefined || timer.index < 0) return
    this.#heap.remove(timer)
    timer.callback = undefined
    this.#arm()
  }

  #fire(): void {
    this.#armed = undefined
    this.#armedFor = Number.POSITIVE_INFINITY
    const now = this.#clock.monotonic()
    for (let { first } = this.#heap; first !== undefined && first.due <= now; first = this.#heap.first) {
      this.#heap.remove(first)
      const { callback } = first
      first.callback = undefined
      callback?.()
    }
    this.#arm()
  }

  #arm(): void {
    const due = this.#heap.first?.due ?? Number.POSITIVE_INFINITY
    if (due === this.#armedFor) return
    if (this.#armed !== undefined) this.#clock.clearTimeout(this.#armed)
    this.#armed = undefined
    this.#armedFor = due
    if (due === Number.POSITIVE_INFINITY) return
    // Rounded up: a platform timer that fires a fraction too early would only be armed again.
    const wait = Math.ceil(due - this.#clock.monotonic())
    this.#armed = this.#clock.setTimeout(() => this.#fire(), Math.min(Math.max(0, wait), longestWait))
  }
}

function isBefore(a: Timer, b: Timer): boolean {
  return a.due < b.due || (a.due === b.due && a.serial < b.serial)
}
