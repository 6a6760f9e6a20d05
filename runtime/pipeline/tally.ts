import { noCounts } from "../../machines/pipeline/machine.ts"
import type { RunningAttempt } from "../task/attempt.ts"
import type { PipelinePlace } from "./place.ts"

/** The numbers of tasks side by side. Whoever looks at them sees them once in a turn of the event loop. */
export class Tally {
  readonly counts: { -readonly [Name in keyof ReturnType<typeof noCounts>]: number }
  readonly #attempt: RunningAttempt
  readonly #place: PipelinePlace
  readonly #step: number
  #isTelling = false

  /** @param step Which step of that place they are. */
  constructor(attempt: RunningAttempt, place: PipelinePlace, step: number, total: number) {
    this.#attempt = attempt
    this.#place = place
    this.#step = step
    this.counts = noCounts(total)
  }

  get settled(): number {
    const { completed, failed, cancelled } = this.counts
    return completed + failed + cancelled
  }

  tellSoon(): void {
    if (this.#isTelling || !this.#place.isWatched) return
    this.#isTelling = true
    this.#attempt.defer(() => {
      this.#isTelling = false
      // Another attempt may have begun, with numbers of its own.
      if (this.#place.isCountedBy(this.#step, this.counts)) this.tellNow()
    })
  }

  tellNow(): void {
    this.#place.counts(this.#step, this.counts)
  }
}
