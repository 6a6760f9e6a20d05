import { durationMs } from "../definition/duration.ts"
import type { RateLimit } from "../definition/settings.ts"
import type { Clock } from "../ports/clock.ts"

/** One limit that tasks pass on their way to a slot: how many at once, and how many in a time. */
export class Gate {
  /** What the supervisor's options or the definition say. */
  limit: number
  /** Above the limit: attempts that an executor wants in hand before it has a slot for them. */
  extra = 0
  used = 0
  /** Of those, the ones whose body has begun. Counted for executors only. */
  running = 0
  /** Kept where the latest one has none: the next one may. */
  #rate: RateLimiter | undefined
  #hasRate = false
  #rateLimit: RateLimit | undefined

  constructor(limit: number, rate?: RateLimit) {
    this.limit = limit
    this.setLimits(limit, rate)
  }

  /** What has started counts for a new rate as well: settings that come from a store, a worker or a request are new objects each time. */
  setLimits(limit: number, rate: RateLimit | undefined): void {
    this.limit = limit
    if (this.#rateLimit === rate) return
    this.#rateLimit = rate
    this.#hasRate = rate !== undefined && rate.limit !== Number.POSITIVE_INFINITY
    if (rate === undefined || !this.#hasRate) return
    if (this.#rate === undefined) this.#rate = new RateLimiter(rate)
    else this.#rate.change(rate)
  }

  hasRoom(): boolean {
    return this.used < this.limit + this.extra
  }

  /** Milliseconds until the rate allows another start: 0 when it does now. */
  waitMs(clock: Clock): number {
    return this.#rate === undefined || !this.#hasRate ? 0 : this.#rate.waitMs(clock.monotonic())
  }

  enter(clock: Clock): void {
    this.used++
    if (this.#hasRate) this.#rate?.take(clock.monotonic())
  }
}

/**
 * The Generic Cell Rate Algorithm: one start each `per / limit`, `burst` of them at once after a pause.
 * Source: ITU-T I.371, in its virtual scheduling form.
 */
class RateLimiter {
  #intervalMs = 0
  #toleranceMs = 0
  /** When the next start would be due if they came evenly. */
  #due = Number.NEGATIVE_INFINITY
  /** When the last one was. */
  #last = 0

  constructor(rate: RateLimit) {
    this.change(rate)
  }

  /** As many intervals as had to pass after the last start still have to. */
  change({ limit, per, burst = 1 }: RateLimit): void {
    const before = this.#intervalMs
    this.#intervalMs = durationMs(per, '"rateLimit.per"') / limit
    this.#toleranceMs = this.#intervalMs * (burst - 1)
    if (this.#intervalMs === before || this.#due === Number.NEGATIVE_INFINITY) return
    this.#due = this.#last + ((this.#due - this.#last) / before) * this.#intervalMs
  }

  waitMs(now: number): number {
    return Math.max(0, this.#due - this.#toleranceMs - now)
  }

  take(now: number): void {
    this.#due = Math.max(now, this.#due) + this.#intervalMs
    this.#last = now
  }
}
