import { getHeapStatistics } from "node:v8"

/** Megabytes (10^6 bytes) of heap in use: what lives, and what the collector has not taken yet. */
export function heapInUse(): number {
  return getHeapStatistics().used_heap_size / 1e6
}

/** Keeps the highest value that {@link heapInUse} had whenever it looked. */
export class HeapPeak {
  highest = 0
  readonly #timer = setInterval(() => this.look(), 5)

  look(): void {
    this.highest = Math.max(this.highest, heapInUse())
  }

  stop(): number {
    clearInterval(this.#timer)
    this.look()
    return this.highest
  }
}
