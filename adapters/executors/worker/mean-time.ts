/** What is not known to be short is taken to be long. */
export const unknownMs = 1000

/** The weight of the latest body in the mean: short enough to forget what the first ones took to be compiled. */
const weight = 0.2

/** How long bodies of one kind take. */
export class MeanTime {
  #meanMs: number | undefined

  /** In milliseconds. */
  get expectedMs(): number {
    return this.#meanMs ?? unknownMs
  }

  /** One has ended. */
  get isProven(): boolean {
    return this.#meanMs !== undefined
  }

  took(ms: number): void {
    this.#meanMs = this.#meanMs === undefined ? ms : this.#meanMs + (ms - this.#meanMs) * weight
  }
}
