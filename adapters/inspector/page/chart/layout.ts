import { graphlib, layout } from "@dagrejs/dagre"
import type { ChartArrow, ChartState, Statechart } from "./statechart.ts"
import { labelFont, nameFont, noteFont, textWidth } from "./text-size.ts"

export interface Point {
  readonly x: number
  readonly y: number
}

export interface Box extends Point {
  readonly width: number
  readonly height: number
}

/** Where everything of a chart is, from its upper left corner. */
export interface ChartLayout {
  readonly width: number
  readonly height: number
  readonly boxes: ReadonlyMap<ChartState, Box>
  readonly arrows: readonly PlacedArrow[]
  /** The dots from which the first state of each state is entered. */
  readonly starts: readonly { readonly at: Point; readonly points: readonly Point[] }[]
  /** The signs of "from any state in here". */
  readonly anywhere: readonly Point[]
}

export interface PlacedArrow {
  readonly arrow: ChartArrow
  readonly points: readonly Point[]
  /** The middle of its label. */
  readonly label: Point
}

type Direction = "LR" | "TB"

const padding = 14
const headHeight = 28
const dot = 12
// No state can be called so.
const start = "\0start"
const anywhere = "\0anywhere"
export const lineHeight = 14
/** A statechart that is drawn by nobody but us has at most so many letters in a line. */
const longestLine = 34

/** Lays a chart out, by whichever of four ways fills a place of that shape best. */
export function layOut(chart: Statechart, shape: { readonly width: number; readonly height: number }): ChartLayout {
  const ways = (["LR", "TB"] as const).flatMap((outer) =>
    (["LR", "TB"] as const).map((inner) => new Layout(chart, outer, inner).whole()),
  )
  const scaleOf = ({ width, height }: ChartLayout): number => Math.min(shape.width / width, shape.height / height)
  return ways.reduce((best, way) => (scaleOf(way) > scaleOf(best) * 1.05 ? way : best))
}

/** Lays out what is in each state by itself, the innermost first; an arrow is drawn in the state that contains both of its ends. */
class Layout {
  readonly #chart: Statechart
  readonly #outer: Direction
  readonly #inner: Direction
  /** In the coordinates of the state around them. */
  readonly #boxes = new Map<ChartState, Box>()
  readonly #routes = new Map<ChartState, Route[]>()

  constructor(chart: Statechart, outer: Direction, inner: Direction) {
    this.#chart = chart
    this.#outer = outer
    this.#inner = inner
  }

  whole(): ChartLayout {
    const { root } = this.#chart
    const { width, height } = this.#fill(root, 0)
    const boxes = new Map<ChartState, Box>([[root, { x: 0, y: 0, width, height }]])
    const place = (state: ChartState, origin: Point): void => {
      for (const child of state.children) {
        const box = this.#boxes.get(child)
        if (box === undefined) continue
        const placed = { ...box, x: origin.x + box.x, y: origin.y + box.y }
        boxes.set(child, placed)
        place(child, placed)
      }
    }
    place(root, { x: 0, y: 0 })
    const arrows: PlacedArrow[] = []
    const starts: ChartLayout["starts"][number][] = []
    const signs: Point[] = []
    for (const [state, routes] of this.#routes) {
      const origin = boxes.get(state) ?? { x: 0, y: 0 }
      const move = ({ x, y }: Point): Point => ({ x: x + origin.x, y: y + origin.y })
      for (const route of routes) {
        const points = route.points.map(move)
        if (route.type === "start") starts.push({ at: move(route.at), points })
        else if (route.type === "anywhere") signs.push(move(route.at))
        else {
          const { arrow } = route
          const from = arrow.isFromWithin ? undefined : boxes.get(arrow.source)
          arrows.push({ arrow, points: joined(points, from, boxes.get(arrow.target)), label: move(route.at) })
        }
      }
    }
    return { width, height, boxes, arrows, starts, anywhere: signs }
  }

  /** Places what is in a state; gives its size. */
  #fill(state: ChartState, depth: number): { readonly width: number; readonly height: number } {
    const head = sizeOfHead(state)
    const top = depth === 0 ? padding : head.height
    if (state.children.length === 0) return { width: head.width, height: head.height }
    for (const child of state.children) {
      const size = this.#fill(child, depth + 1)
      this.#boxes.set(child, { x: 0, y: 0, ...size })
    }
    const isLoose = state.type === "parallel" && this.#arrowsIn(state).length === 0
    const inside = isLoose ? this.#stack(state, top) : this.#rank(state, top, depth)
    return { width: Math.max(head.width, inside.width), height: inside.height }
  }

  /** The regions of a parallel state, one below the other. */
  #stack(state: ChartState, top: number): { readonly width: number; readonly height: number } {
    const sizes = state.children.map((child) => this.#boxes.get(child) ?? { width: 0, height: 0 })
    // Many small ones side by side, so that they do not make a tower.
    const columns = Math.ceil(Math.sqrt(state.children.length / 3))
    const width = Math.max(...sizes.map((size) => size.width))
    let y = top
    for (let row = 0; row * columns < state.children.length; row++) {
      const inRow = state.children.slice(row * columns, (row + 1) * columns)
      const height = Math.max(...inRow.map((child) => this.#boxes.get(child)?.height ?? 0))
      for (const [column, child] of inRow.entries()) {
        this.#boxes.set(child, { x: padding + column * (width + padding), y, width, height })
      }
      y += height + padding
    }
    return { width: padding + columns * (width + padding), height: y }
  }

  #rank(state: ChartState, top: number, depth: number): { readonly width: number; readonly height: number } {
    const graph = new graphlib.Graph({ multigraph: true, directed: true })
    graph.setGraph({
      rankdir: depth === 0 ? this.#outer : this.#inner,
      nodesep: 26,
      ranksep: 34,
      edgesep: 18,
      marginx: padding,
      marginy: 4,
    })
    for (const child of state.children) {
      const { width = 0, height = 0 } = this.#boxes.get(child) ?? {}
      graph.setNode(child.path, { width, height })
    }
    if (state.initial !== undefined) {
      graph.setNode(start, { width: dot, height: dot })
      graph.setEdge(start, state.initial.path, { width: 0, height: 0, minlen: 1, weight: 2 }, "start")
    }
    const arrows = this.#arrowsIn(state)
    if (arrows.some(({ isFromWithin }) => isFromWithin)) graph.setNode(anywhere, { width: dot, height: dot })
    for (const [index, arrow] of arrows.entries()) {
      const from = arrow.isFromWithin ? anywhere : childTowards(state, arrow.source)?.path
      const to = childTowards(state, arrow.target)?.path
      if (from === undefined || to === undefined) continue
      graph.setEdge(from, to, { ...sizeOfLabel(arrow.labels), labelpos: "c", minlen: 1 }, String(index))
    }
    for (const [last, end] of this.#orders(state, arrows))
      graph.setEdge(last.path, end.path, { width: 0, height: 0 }, "order")
    layout(graph)
    const { width = 0, height = 0 } = graph.graph() as Partial<Box>
    const down = (point: Point): Point => ({ x: point.x, y: point.y + top })
    for (const child of state.children) {
      const { x, y, width: w, height: h } = graph.node(child.path) as unknown as Box
      this.#boxes.set(child, { x: x - w / 2, y: y - h / 2 + top, width: w, height: h })
    }
    const routes: Route[] = []
    for (const edge of graph.edges()) {
      if (edge.name === "order") continue
      const { points, x, y } = graph.edge(edge) as unknown as Point & { readonly points: readonly Point[] }
      const placed = points.map(down)
      if (edge.name === "start") {
        const at = graph.node(start) as unknown as Point
        routes.push({ type: "start", at: down(at), points: placed })
      } else {
        const arrow = arrows[Number(edge.name)]
        if (arrow !== undefined) routes.push({ type: "arrow", arrow, points: placed, at: down({ x, y }) })
      }
    }
    if (graph.hasNode(anywhere)) {
      routes.push({ type: "anywhere", at: down(graph.node(anywhere)), points: [] })
    }
    this.#routes.set(state, routes)
    return { width, height: height + top + padding - 4 }
  }

  /** Ends that are entered from anywhere come after what has no way on, though no arrow leads there. */
  #orders(state: ChartState, arrows: readonly ChartArrow[]): readonly (readonly [ChartState, ChartState])[] {
    const isLeft = (child: ChartState): boolean =>
      arrows.some(({ source, isFromWithin }) => !isFromWithin && childTowards(state, source) === child)
    const isEntered = (child: ChartState): boolean =>
      arrows.some(({ target, isFromWithin }) => !isFromWithin && target === child)
    const ends = state.children.filter((child) => child.type === "final" && !isEntered(child))
    const lasts = state.children.filter((child) => child.type !== "final" && !isLeft(child))
    return lasts.flatMap((last) => ends.map((end) => [last, end] as const))
  }

  /** Those whose ends are both in that state, and not both in one of those within it. */
  #arrowsIn(state: ChartState): readonly ChartArrow[] {
    return this.#chart.arrows.filter(({ source, target, isFromWithin }) => {
      if (isFromWithin) return source === state
      return commonOf(source, target) === state
    })
  }
}

type Route =
  | { readonly type: "arrow"; readonly arrow: ChartArrow; readonly points: readonly Point[]; readonly at: Point }
  | { readonly type: "start"; readonly points: readonly Point[]; readonly at: Point }
  | { readonly type: "anywhere"; readonly points: readonly Point[]; readonly at: Point }

/** The innermost state that contains both. */
function commonOf(one: ChartState, other: ChartState): ChartState | undefined {
  const above = new Set<ChartState>()
  for (let state = one.parent; state !== undefined; state = state.parent) above.add(state)
  for (let state = other.parent; state !== undefined; state = state.parent) if (above.has(state)) return state
  return undefined
}

/** The state just below `outer` that is, or contains, `inner`. */
function childTowards(outer: ChartState, inner: ChartState): ChartState | undefined {
  for (let state: ChartState | undefined = inner; state !== undefined; state = state.parent) {
    if (state.parent === outer) return state
  }
  return undefined
}

export function sizeOfHead(state: ChartState): { readonly width: number; readonly height: number } {
  const { name, notes, type, isFanOut } = state
  const lines = notes.slice(0, mostNotes).map((note) => textWidth(shorten(note), noteFont))
  const width = Math.max(textWidth(shorten(name), nameFont), ...lines) + 2 * padding + (type === "final" ? 8 : 0)
  const height = headHeight + 4 + (lines.length + (isFanOut ? linesOfNumbers : 0)) * lineHeight
  return { width: Math.max(width, isFanOut ? widthOfNumbers : 72), height }
}

/** Room for "100,000 of 100,000", and below it for "1,000 alive, 1,000 failed". */
const widthOfNumbers = 160
const linesOfNumbers = 2

export const mostNotes = 4

function sizeOfLabel(labels: readonly string[]): { readonly width: number; readonly height: number } {
  if (labels.length === 0) return { width: 4, height: 4 }
  const width = Math.max(...labels.map((label) => textWidth(shorten(label), labelFont)))
  return { width: width + 10, height: labels.length * lineHeight + 2 }
}

export function shorten(text: string): string {
  return text.length > longestLine ? `${text.slice(0, longestLine - 1)}…` : text
}

/** A route that ends at the borders of the boxes themselves, which may lie deeper than what it was laid out between. */
function joined(points: readonly Point[], from: Box | undefined, to: Box | undefined): readonly Point[] {
  const inner = points.slice(1, -1)
  const first = points[0]
  const last = points.at(-1)
  if (first === undefined || last === undefined) return points
  const begin = from === undefined ? first : borderOf(from, inner[0] ?? last)
  const end = to === undefined ? last : borderOf(to, inner.at(-1) ?? begin)
  return [begin, ...inner, end]
}

/** Where the line from the middle of a box towards a point leaves it. */
function borderOf(box: Box, towards: Point): Point {
  const { x, y } = centreOf(box)
  const dx = towards.x - x
  const dy = towards.y - y
  if (dx === 0 && dy === 0) return { x, y: y + box.height / 2 }
  const scale = Math.min(
    dx === 0 ? Infinity : box.width / 2 / Math.abs(dx),
    dy === 0 ? Infinity : box.height / 2 / Math.abs(dy),
  )
  return { x: x + dx * scale, y: y + dy * scale }
}

function centreOf({ x, y, width, height }: Box): Point {
  return { x: x + width / 2, y: y + height / 2 }
}
