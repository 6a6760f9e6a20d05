import type { Clock } from "../ports/clock.ts"
import type { StoreSession } from "../ports/store.ts"

/** Where nothing settles, only age makes anything to forget. */
const idleMs = 60_000
/** A store that wants to be swept more often has short ages. */
const usualMs = 10_000

export interface SweepingParts {
  readonly session: StoreSession
  readonly clock: Clock
  warn(message: string, cause?: unknown): void
}

/** What is not to be kept any longer is forgotten in portions, and on time: also when nothing else happens. */
export class Sweeping {
  readonly #parts: SweepingParts
  #timer: unknown
  #hasSettled = false

  constructor(parts: SweepingParts) {
    this.#parts = parts
    this.#later(parts.session.sweepEveryMs)
  }

  /** A task has: there may be one too many. */
  settled(): void {
    this.#hasSettled = true
  }

  end(): void {
    this.#parts.clock.clearTimeout(this.#timer)
  }

  #later(ms: number): void {
    this.#timer = this.#parts.clock.setTimeout(() => this.#sweep(), ms, true)
  }

  #sweep(): void {
    const { session, clock, warn } = this.#parts
    let forgotten = 0
    try {
      forgotten = session.sweep(clock.now())
    } catch (error) {
      warn(`The store ${session.name} cannot be swept; it is tried again`, error)
    }
    if (forgotten > 0) this.#later(0)
    else this.#later(this.#hasSettled || session.sweepEveryMs < usualMs ? session.sweepEveryMs : idleMs)
    this.#hasSettled = false
  }
}
