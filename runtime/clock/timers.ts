import type { Clock } from "../ports/clock.ts"
import { Heap, type HeapItem } from "./heap.ts"
import { longestSleepOf } from "./steady.ts"

/** A timer that has not fired. Ended by `timers.end(timer)`. */
export interface Timer extends HeapItem {
  /** On the clock's monotonic scale, or, of a date, on that of the wall clock. */
  readonly due: number
  readonly isDate: boolean
  /** Timers of one instant fire in the order in which they were made. */
  readonly serial: number
  callback: (() => void) | undefined
}

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
  /** Those that wait for an instant of the wall clock, with one timer for all of them. */
  readonly #dates = new Heap<Timer>(isBefore)
  #look: Timer | undefined
  #lookAt = Number.POSITIVE_INFINITY

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get size(): number {
    return this.#heap.size + this.#dates.size - (this.#look === undefined ? 0 : 1)
  }

  /** Calls back once, `ms` milliseconds from now. */
  after(ms: number, callback: () => void): Timer {
    const due = this.#clock.monotonic() + Math.max(0, ms)
    const timer: Timer = { due, isDate: false, serial: this.#serial++, callback, index: -1 }
    this.#heap.place(timer)
    this.#arm()
    return timer
  }

  /** Calls back once when the wall clock shows this instant or a later one, at most a minute late where it was set or stood still. */
  at(instant: number, callback: () => void): Timer {
    const timer: Timer = { due: instant, isDate: true, serial: this.#serial++, callback, index: -1 }
    this.#dates.place(timer)
    this.#lookOut()
    return timer
  }

  /** Milliseconds until it fires; undefined for one that has fired or ended. */
  left(timer: Timer | undefined): number | undefined {
    if (timer === undefined || timer.index < 0) return undefined
    return timer.due - (timer.isDate ? this.#clock.now() : this.#clock.monotonic())
  }

  /** Ends a timer; one that has fired or ended already is left alone. */
  end(timer: Timer | undefined): void {
    if (timer === undefined || timer.index < 0) return
    timer.callback = undefined
    if (timer.isDate) {
      this.#dates.remove(timer)
      if (this.#dates.size === 0) this.#lookOut()
    } else {
      this.#heap.remove(timer)
      this.#arm()
    }
  }

  #fire(): void {
    this.#armed = undefined
    this.#armedFor = Number.POSITIVE_INFINITY
    fireDue(this.#heap, this.#clock.monotonic())
    this.#arm()
  }

  /** The first date is not missed by more than the time between two looks. */
  #lookOut(): void {
    const { first } = this.#dates
    if (this.#look !== undefined && first !== undefined && this.#lookAt <= first.due) return
    const last = this.#look
    this.#look = undefined
    this.end(last)
    if (first === undefined) return
    const now = this.#clock.now()
    this.#lookAt = Math.min(first.due, now + longestSleepOf(this.#clock))
    this.#look = this.after(this.#lookAt - now, () => {
      this.#look = undefined
      fireDue(this.#dates, this.#clock.now())
      this.#lookOut()
    })
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

function fireDue(heap: Heap<Timer>, now: number): void {
  for (let { first } = heap; first !== undefined && first.due <= now; { first } = heap) {
    heap.remove(first)
    const { callback } = first
    first.callback = undefined
    callback?.()
  }
}
