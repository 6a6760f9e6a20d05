/** What waits for its next slot. */
export interface Waiting {
  /** Undefined: it waits for nothing, and is not in the heap. */
  next: number | undefined
  /** Place in the heap, -1 when it is not in it. */
  index: number
}

/** Schedules by their next slots, in a binary heap: a change of one costs O(log n), and the first is at hand. */
export class SlotHeap<Item extends Waiting> {
  readonly #items: Item[] = []

  get first(): Item | undefined {
    return this.#items[0]
  }

  get size(): number {
    return this.#items.length
  }

  /** Puts one in its place, or takes it out, after its `next` has changed. */
  update(item: Item): void {
    if (item.next === undefined) return this.#remove(item)
    if (item.index < 0) {
      item.index = this.#items.length
      this.#items.push(item)
    }
    this.#rise(item)
    this.#sink(item)
  }

  #remove(item: Item): void {
    if (item.index < 0) return
    const { index } = item
    const last = this.#items.pop()
    item.index = -1
    if (last === undefined || last === item) return
    this.#items[index] = last
    last.index = index
    this.#rise(last)
    this.#sink(last)
  }

  #rise(item: Item): void {
    while (item.index > 0) {
      const parent = this.#items[(item.index - 1) >> 1]
      if (parent === undefined || slotOf(parent) <= slotOf(item)) return
      this.#swap(parent, item)
    }
  }

  #sink(item: Item): void {
    for (;;) {
      const left = this.#items[2 * item.index + 1]
      const right = this.#items[2 * item.index + 2]
      const least = right !== undefined && left !== undefined && slotOf(right) < slotOf(left) ? right : left
      if (least === undefined || slotOf(item) <= slotOf(least)) return
      this.#swap(item, least)
    }
  }

  #swap(above: Item, below: Item): void {
    const { index } = above
    above.index = below.index
    below.index = index
    this.#items[above.index] = above
    this.#items[below.index] = below
  }
}

function slotOf({ next }: Waiting): number {
  return next ?? Number.POSITIVE_INFINITY
}
