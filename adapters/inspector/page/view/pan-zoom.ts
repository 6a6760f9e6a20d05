interface Size {
  readonly width: number
  readonly height: number
}

const margin = 16
/** A small chart is not blown up. */
const largestFit = 1.25
const scales = { min: 0.1, max: 4 }

/** Moves and scales what an SVG shows: by dragging, by the wheel, by keys, and so that it fits. */
export class PanZoom {
  readonly #svg: SVGSVGElement
  #size: Size = { width: 1, height: 1 }
  #scale = 1
  #x = 0
  #y = 0
  /** It fits, and shall fit when the place changes. */
  #isFitted = true

  constructor(svg: SVGSVGElement) {
    this.#svg = svg
    svg.addEventListener("wheel", (event) => {
      event.preventDefault()
      const { left, top } = svg.getBoundingClientRect()
      this.#zoomAt(event.clientX - left, event.clientY - top, Math.exp(-event.deltaY / 400))
    })
    svg.addEventListener("pointerdown", (event) => this.#drag(event))
    svg.addEventListener("dblclick", () => this.fit())
    new ResizeObserver(() => this.#isFitted && this.fit()).observe(svg)
  }

  /** Shows something of that size, from its upper left corner. */
  show(size: Size): void {
    this.#size = size
    this.fit()
  }

  fit(): void {
    const { width, height } = this.#svg.getBoundingClientRect()
    const scale = Math.min(
      (width - 2 * margin) / this.#size.width,
      (height - 2 * margin) / this.#size.height,
      largestFit,
    )
    this.#scale = Math.max(scale, scales.min)
    this.#x = (width - this.#size.width * this.#scale) / 2
    this.#y = (height - this.#size.height * this.#scale) / 2
    this.#isFitted = true
    this.#apply()
  }

  zoom(by: number): void {
    const { width, height } = this.#svg.getBoundingClientRect()
    this.#zoomAt(width / 2, height / 2, by)
  }

  #zoomAt(x: number, y: number, by: number): void {
    const scale = Math.max(scales.min, Math.min(scales.max, this.#scale * by))
    const factor = scale / this.#scale
    this.#x = x - (x - this.#x) * factor
    this.#y = y - (y - this.#y) * factor
    this.#scale = scale
    this.#isFitted = false
    this.#apply()
  }

  #drag(down: PointerEvent): void {
    if (down.button !== 0) return
    const from = { x: this.#x - down.clientX, y: this.#y - down.clientY }
    this.#svg.setPointerCapture(down.pointerId)
    const move = ({ clientX, clientY }: PointerEvent): void => {
      this.#x = from.x + clientX
      this.#y = from.y + clientY
      this.#isFitted = false
      this.#apply()
    }
    this.#svg.addEventListener("pointermove", move)
    this.#svg.addEventListener("lostpointercapture", () => this.#svg.removeEventListener("pointermove", move), {
      once: true,
    })
  }

  #apply(): void {
    this.#svg
      .querySelector(".drawing")
      ?.setAttribute("transform", `translate(${this.#x},${this.#y}) scale(${this.#scale})`)
  }
}
