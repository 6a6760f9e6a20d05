import { Heap, type HeapItem } from "../clock/heap.ts"
import { longestSleepOf } from "../clock/steady.ts"
import type { Timer, Timers } from "../clock/timers.ts"
import type { Clock } from "../ports/clock.ts"

/** What waits for its next slot. */
export interface Waiting extends HeapItem {
  /** Undefined: it waits for nothing, and is not in the heap. */
  next: number | undefined
}

// So that thousands of slots that are due at once do not keep the program's timers and I/O waiting.
const slotsPerTurn = 100

export interface SlotTimerParts {
  readonly clock: Clock
  readonly timers: Timers
  /** False from the beginning of a shutdown on: nothing is due any more. */
  isOpen(): boolean
  /** False while nothing that is run could be kept: slots wait for that. */
  isReady(): boolean
}

/** So often is looked whether it is ready again. */
const readyEveryMs = 1000

/** One timer for all that wait for slots, however many they are: set for the first of them. */
export class SlotTimer<Item extends Waiting> {
  readonly #parts: SlotTimerParts
  /** Deals with the first slot of one that is due, and says by `update` when it is next. */
  readonly #deal: (item: Item, slot: number, now: number) => void
  readonly #heap = new Heap<Item>((a, b) => slotOf(a) < slotOf(b))
  #timer: Timer | undefined
  #armedFor = 0
  #isDeferred = false

  constructor(parts: SlotTimerParts, deal: (item: Item, slot: number, now: number) => void) {
    this.#parts = parts
    this.#deal = deal
  }

  /** The `next` of one of them has changed. */
  update(item: Item): void {
    if (item.next === undefined) this.#heap.remove(item)
    else this.#heap.place(item)
    this.#arm()
  }

  stop(): void {
    this.#parts.timers.end(this.#timer)
    this.#timer = undefined
  }

  #wake(): void {
    this.#timer = undefined
    this.#isDeferred = false
    const { clock } = this.#parts
    if (!this.#parts.isOpen()) return
    const now = clock.now()
    if (!this.#parts.isReady()) {
      this.#armedFor = now + readyEveryMs
      this.#timer = this.#parts.timers.after(readyEveryMs, () => this.#wake())
      return
    }
    for (let left = slotsPerTurn; left > 0; left--) {
      const { first } = this.#heap
      if (first?.next === undefined || first.next > now) return this.#arm()
      this.#deal(first, first.next, now)
    }
    this.stop()
    this.#isDeferred = true
    clock.defer(() => this.#wake())
  }

  #arm(): void {
    const next = this.#heap.first?.next
    if (next === undefined) return this.stop()
    if (this.#isDeferred || !this.#parts.isOpen()) return
    if (this.#timer !== undefined && this.#armedFor <= next) return
    const { clock, timers } = this.#parts
    timers.end(this.#timer)
    this.#armedFor = next
    this.#timer = timers.after(Math.min(next - clock.now(), longestSleepOf(clock)), () => this.#wake())
  }
}

function slotOf({ next }: Waiting): number {
  return next ?? Number.POSITIVE_INFINITY
}
