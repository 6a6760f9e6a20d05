import { type ChartLayout, layOut, lineHeight, mostNotes, type Point, shorten, sizeOfHead } from "../chart/layout.ts"
import {
  activePaths,
  type ChartArrow,
  type ChartState,
  type Statechart,
  statechartOf,
  takenArrows,
} from "../chart/statechart.ts"
import { type Stage, statusOf } from "../model/actor.ts"
import type { AppState } from "../model/app-state.ts"
import { PanZoom } from "./pan-zoom.ts"
import { byId, set, setText, svgElement } from "./element.ts"
import { valueText } from "./log-view.ts"
import { number } from "./times.ts"

/** The statechart of the selected actor: what it is in is lit, and so is the way that it came. */
export class ChartView {
  readonly #state: AppState
  readonly #svg = byId("chart") as unknown as SVGSVGElement
  readonly #panZoom = new PanZoom(this.#svg)
  readonly #states = new Map<ChartState, SVGGElement>()
  readonly #numbers = new Map<string, SVGTextElement>()
  readonly #arrows = new Map<ChartArrow, SVGGElement>()
  #definition: string | undefined
  #chart: Statechart | undefined
  #stage: Stage | undefined

  constructor(state: AppState) {
    this.#state = state
  }

  fit(): void {
    this.#panZoom.fit()
  }

  zoom(by: number): void {
    this.#panZoom.zoom(by)
  }

  update(): void {
    const { selected, moment } = this.#state
    const definition = selected?.definition
    if (definition !== this.#definition) this.#draw(definition)
    const stage = selected?.stageAt(moment)
    if (stage === this.#stage) return
    this.#stage = stage
    this.#light(stage, selected?.stageBefore(moment))
    set(this.#svg, "data-status", selected === undefined ? undefined : statusOf(stage?.snapshot ?? {}, selected.name))
    const where = valueText(stage?.snapshot.value)
    set(this.#svg, "aria-label", selected === undefined ? "Statechart" : `Statechart of ${selected.title}, in ${where}`)
  }

  #draw(definition: string | undefined): void {
    this.#definition = definition
    this.#stage = undefined
    this.#states.clear()
    this.#numbers.clear()
    this.#arrows.clear()
    this.#svg.replaceChildren()
    this.#chart = definition === undefined ? undefined : statechartOf(definition)
    const { selected } = this.#state
    const nothing = selected === undefined ? "Choose an actor in the tree." : "This actor has no statechart."
    setText(byId("chart-empty"), this.#chart === undefined ? nothing : "")
    if (this.#chart === undefined) return
    const { width, height } = this.#svg.getBoundingClientRect()
    const layout = layOut(this.#chart, { width: Math.max(width, 100), height: Math.max(height, 100) })
    this.#svg.append(markers(), this.#drawing(this.#chart, layout))
    this.#panZoom.show(layout)
  }

  #drawing({ states }: Statechart, { boxes, arrows, starts, anywhere }: ChartLayout): SVGGElement {
    const whole = svgElement("g", { class: "drawing" })
    const labels = svgElement("g")
    for (const state of states) {
      const box = boxes.get(state)
      if (box === undefined || state.path === "") continue
      const drawn = svgElement("g", { class: `state ${state.type}`, transform: `translate(${box.x},${box.y})` })
      drawn.append(svgElement("rect", { width: box.width, height: box.height, rx: 8 }))
      if (state.type === "final") {
        drawn.append(
          svgElement("rect", { class: "inner", x: 3, y: 3, width: box.width - 6, height: box.height - 6, rx: 6 }),
        )
      }
      this.#write(drawn, state, box.width)
      if (state.parent?.type === "parallel") drawn.classList.add("region")
      this.#states.set(state, drawn)
      whole.append(drawn)
    }
    for (const { at, points } of starts) {
      whole.append(
        svgElement("circle", { class: "start", cx: at.x, cy: at.y, r: 5 }),
        svgElement("path", { class: "arrow start", d: curve(points), "marker-end": "url(#tip)" }),
      )
    }
    for (const at of anywhere) {
      const sign = svgElement("g", { class: "anywhere" }, svgElement("circle", { cx: at.x, cy: at.y, r: 6 }))
      sign.append(svgElement("title", { text: "from any state in here" }))
      sign.append(svgElement("text", { x: at.x, y: at.y + 5, text: "*" }))
      whole.append(sign)
    }
    for (const { arrow, points, label } of arrows) {
      const line = svgElement("path", { class: "arrow", d: curve(points), "marker-end": "url(#tip)" })
      const drawn = svgElement("g", { class: arrow.isFromWithin ? "way from-within" : "way" }, line)
      const text = svgElement("text", { class: "label" })
      for (const [index, part] of arrow.labels.entries()) {
        const y = label.y + (index - (arrow.labels.length - 1) / 2) * lineHeight + 4
        text.append(svgElement("tspan", { x: label.x, y, text: shorten(part) }))
      }
      drawn.append(
        svgElement("title", {
          text: `${arrow.source.name || "any state"} → ${arrow.target.name}: ${arrow.labels.join(", ")}`,
        }),
      )
      drawn.append(text)
      this.#arrows.set(arrow, drawn)
      labels.append(drawn)
    }
    whole.append(labels)
    return whole
  }

  #write(drawn: SVGGElement, state: ChartState, width: number): void {
    const { name, notes, description, path, isFanOut, children } = state
    const isLeaf = children.length === 0
    const x = isLeaf ? width / 2 : 14
    const anchor = isLeaf ? "middle" : "start"
    const head = sizeOfHead(state).height
    const lines = notes.slice(0, mostNotes)
    const first = isLeaf && lines.length === 0 && !isFanOut ? head / 2 + 5 : 20
    drawn.append(svgElement("text", { class: "name", x, y: first, "text-anchor": anchor, text: shorten(name) }))
    for (const [index, line] of lines.entries()) {
      const y = first + (index + 1) * lineHeight
      drawn.append(svgElement("text", { class: "note", x, y, "text-anchor": anchor, text: shorten(line) }))
    }
    if (isFanOut) {
      const y = first + (lines.length + 1) * lineHeight
      const numbers = svgElement("text", { class: "note numbers", y, "text-anchor": anchor })
      numbers.append(svgElement("tspan", { x }), svgElement("tspan", { x, dy: lineHeight, class: "more" }))
      drawn.append(numbers)
      this.#numbers.set(path, numbers)
    }
    drawn.append(svgElement("title", { text: description ?? path }))
  }

  #light(stage: Stage | undefined, before: Stage | undefined): void {
    if (this.#chart === undefined || stage === undefined) return
    const now = activePaths(stage.snapshot.value)
    for (const [state, drawn] of this.#states) {
      const phase = state.isGraphStep ? phases.find((one) => now.has(`${state.path}.${one}`)) : undefined
      set(drawn, "data-status", phase)
      drawn.classList.toggle("active", state.isGraphStep ? phase !== undefined : now.has(state.path))
    }
    const taken =
      before === undefined ? [] : takenArrows(this.#chart, stage.event.type, activePaths(before.snapshot.value), now)
    for (const [arrow, drawn] of this.#arrows) {
      const isLast = taken.includes(arrow)
      drawn.classList.toggle("last", isLast)
      set(drawn.firstElementChild ?? drawn, "marker-end", isLast ? "url(#tip-last)" : "url(#tip)")
    }
    this.#count(stage)
  }

  #count({ snapshot }: Stage): void {
    const { counts } = (snapshot.context ?? {}) as { readonly counts?: Readonly<Record<string, Partial<Numbers>>> }
    for (const [path, text] of this.#numbers) {
      const { total = 0, alive = 0, completed = 0, failed = 0, cancelled = 0 } = counts?.[path] ?? {}
      const parts = Object.entries({ alive, failed, cancelled }).flatMap(([name, count]) =>
        count === 0 ? [] : [`${number(count)} ${name}`],
      )
      const [first, second] = text.children
      if (first !== undefined) setText(first, `${number(completed)} of ${number(total)}`)
      if (second !== undefined) setText(second, parts.join(", "))
      text.classList.toggle("bad", failed > 0)
    }
  }
}

/** Where a step of a graph can be, once it does not wait any more. */
const phases = ["running", "completed", "failed", "cancelled"]

/** The machine context of a pipeline has these for each fan-out. */
interface Numbers {
  readonly total: number
  readonly alive: number
  readonly completed: number
  readonly failed: number
  readonly cancelled: number
}

function markers(): SVGDefsElement {
  const marker = (id: string): SVGMarkerElement =>
    svgElement(
      "marker",
      {
        id,
        viewBox: "0 0 10 10",
        refX: 9,
        refY: 5,
        markerWidth: 8,
        markerHeight: 8,
        orient: "auto",
        markerUnits: "userSpaceOnUse",
      },
      svgElement("path", { d: "M0,1 L10,5 L0,9 z" }),
    )
  return svgElement("defs", {}, marker("tip"), marker("tip-last"))
}

/** Through the middles of the route's parts, so that it has no corners. */
function curve(points: readonly Point[]): string {
  const [first, ...rest] = points
  const last = rest.at(-1)
  if (first === undefined || last === undefined) return ""
  const parts = [`M${pair(first)}`]
  for (const [index, point] of rest.slice(0, -1).entries()) {
    const next = rest[index + 1] ?? last
    const end = index === rest.length - 2 ? next : { x: (point.x + next.x) / 2, y: (point.y + next.y) / 2 }
    parts.push(`Q${pair(point)} ${pair(end)}`)
  }
  return rest.length === 1 ? `M${pair(first)} L${pair(last)}` : parts.join(" ")
}

function pair({ x, y }: Point): string {
  return `${x.toFixed(1)},${y.toFixed(1)}`
}
