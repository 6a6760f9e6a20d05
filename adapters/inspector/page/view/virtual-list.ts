/** How a list of rows of one height is shown: only those that can be seen are in the page, however many there are. */
export class VirtualList<Row> {
  readonly #scroller: HTMLElement
  readonly #space: HTMLElement
  readonly #height: number
  readonly #make: () => HTMLElement
  readonly #show: (place: HTMLElement, row: Row, index: number) => void
  readonly #places: HTMLElement[] = []
  #rows: readonly Row[] = []

  /** @param height Of each row, in pixels. */
  constructor(
    scroller: HTMLElement,
    height: number,
    make: () => HTMLElement,
    show: (place: HTMLElement, row: Row, index: number) => void,
  ) {
    this.#scroller = scroller
    this.#height = height
    this.#make = make
    this.#show = show
    this.#space = document.createElement("div")
    this.#space.className = "space"
    this.#space.setAttribute("role", "presentation")
    scroller.append(this.#space)
    scroller.addEventListener("scroll", () => this.#fill())
    new ResizeObserver(() => this.#fill()).observe(scroller)
  }

  get isAtEnd(): boolean {
    const { scrollTop, clientHeight, scrollHeight } = this.#scroller
    return scrollTop + clientHeight >= scrollHeight - this.#height
  }

  update(rows: readonly Row[]): void {
    this.#rows = rows
    const height = `${rows.length * this.#height}px`
    if (this.#space.style.height !== height) this.#space.style.height = height
    this.#fill()
  }

  scrollToEnd(): void {
    this.#scroller.scrollTop = this.#scroller.scrollHeight
    this.#fill()
  }

  /** Moves the list no farther than is needed to see that row. */
  reveal(index: number): void {
    const top = index * this.#height
    const { scrollTop, clientHeight } = this.#scroller
    if (top < scrollTop) this.#scroller.scrollTop = top
    else if (top + this.#height > scrollTop + clientHeight) this.#scroller.scrollTop = top + this.#height - clientHeight
    this.#fill()
  }

  /** The element that shows a row now. */
  placeOf(index: number): HTMLElement | undefined {
    return this.#places.find((place) => !place.hidden && place.dataset["index"] === String(index))
  }

  #fill(): void {
    const { scrollTop, clientHeight } = this.#scroller
    const first = Math.max(0, Math.floor(scrollTop / this.#height) - 2)
    const last = Math.min(this.#rows.length, Math.ceil((scrollTop + clientHeight) / this.#height) + 2)
    const needed = Math.max(0, last - first)
    while (this.#places.length < needed) {
      const place = this.#make()
      this.#places.push(place)
      this.#space.append(place)
    }
    // A row keeps its element while it is scrolled, so that the focus stays where it was.
    const free = new Set(this.#places)
    const kept = new Map<number, HTMLElement>()
    for (const place of this.#places) {
      const index = Number(place.dataset["index"])
      if (place.hidden || !(index >= first && index < last) || kept.has(index)) continue
      kept.set(index, place)
      free.delete(place)
    }
    const spare = [...free]
    for (let index = first; index < last; index++) {
      const row = this.#rows[index]
      const place = kept.get(index) ?? spare.pop()
      if (row === undefined || place === undefined) continue
      if (place.hidden) place.hidden = false
      if (place.dataset["index"] !== String(index)) {
        place.dataset["index"] = String(index)
        place.style.transform = `translateY(${index * this.#height}px)`
      }
      this.#show(place, row, index)
    }
    for (const place of spare) if (!place.hidden) place.hidden = true
  }
}
