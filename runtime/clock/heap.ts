export interface HeapItem {
  /** Place in the heap, -1 when it is not in it. */
  index: number
}

/** A binary heap: the first item is at hand; adding, moving and removing any one costs O(log n), as each knows its place. */
export class Heap<Item extends HeapItem> {
  readonly #items: Item[] = []
  readonly #isBefore: (a: Item, b: Item) => boolean

  constructor(isBefore: (a: Item, b: Item) => boolean) {
    this.#isBefore = isBefore
  }

  get first(): Item | undefined {
    return this.#items[0]
  }

  get size(): number {
    return this.#items.length
  }

  /** Puts one in its place, which may have changed since it was added. */
  place(item: Item): void {
    if (item.index < 0) {
      item.index = this.#items.length
      this.#items.push(item)
    }
    this.#rise(item)
    this.#sink(item)
  }

  /** One that is not in it is left alone. */
  remove(item: Item): void {
    const { index } = item
    if (index < 0) return
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
      if (parent === undefined || !this.#isBefore(item, parent)) return
      this.#swap(parent, item)
    }
  }

  #sink(item: Item): void {
    for (;;) {
      const left = this.#items[2 * item.index + 1]
      const right = this.#items[2 * item.index + 2]
      const first = right !== undefined && left !== undefined && this.#isBefore(right, left) ? right : left
      if (first === undefined || !this.#isBefore(first, item)) return
      this.#swap(item, first)
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
