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
  #rate: RateLimiter | undefined
  #rateLimit: RateLimit | undefined

  constructor(limit: number, rate?: RateLimit) {
    this.limit = limit
    this.setLimits(limit, rate)
  }

  /** A rate that is the same as before goes on from where it is. */
  setLimits(limit: number, rate: RateLimit | undefined): void {
    this.limit = limit
    if (this.#rateLimit === rate) return
    this.#rateLimit = rate
    this.#rate = rate === undefined || rate.limit === Number.POSITIVE_INFINITY ? undefined : new RateLimiter(rate)
  }

  hasRoom(): boolean {
    return this.used < this.limit + this.extra
  }

  /** Milliseconds until the rate allows another start: 0 when it does now. */
  waitMs(clock: Clock): number {
    return this.#rate === undefined ? 0 : this.#rate.waitMs(clock.monotonic())
  }

  enter(clock: Clock): void {
    this.used++
    this.#rate?.take(clock.monotonic())
  }
}

/**
 * The Generic Cell Rate Algorithm: one start each `per / limit`, `burst` of them at once after a pause.
 * Source: ITU-T I.371, in its virtual scheduling form.
 */
class RateLimiter {
  readonly #intervalMs: number
  readonly #toleranceMs: number
  /** When the next start would be due if they came evenly. */
  #due = Number.NEGATIVE_INFINITY

  constructor({ limit, per, burst = 1 }: RateLimit) {
    this.#intervalMs = durationMs(per, '"rateLimit.per"') / limit
    this.#toleranceMs = this.#intervalMs * (burst - 1)
  }

  waitMs(now: number): number {
    return Math.max(0, this.#due - this.#toleranceMs - now)
  }

  take(now: number): void {
    this.#due = Math.max(now, this.#due) + this.#intervalMs
  }
}
