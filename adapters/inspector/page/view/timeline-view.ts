import { type Actor, statusOf } from "../model/actor.ts"
import type { AppState } from "../model/app-state.ts"
import { spanOf, type TaskTimes, type TimeSpan, timesOf } from "../model/time-span.ts"
import type { TreeRow } from "../model/tree-rows.ts"
import { button, byId, element, set, setText } from "./element.ts"
import { duration } from "./times.ts"
import { VirtualList } from "./virtual-list.ts"

const rowHeight = 22
const ticks = 5

interface Line {
  readonly actor: Actor
  readonly level: number
  readonly times: TaskTimes
}

/** When each task of the tree waited and ran, beside the others: what holds up what. */
export class TimelineView {
  readonly #state: AppState
  readonly #rows: () => readonly TreeRow[]
  readonly #place = byId("timeline")
  readonly #list: VirtualList<Line>
  #lines: readonly Line[] = []
  #span: TimeSpan = { from: 0, to: 1 }

  /** @param rows The lines of the tree, as it shows them. */
  constructor(state: AppState, rows: () => readonly TreeRow[]) {
    this.#state = state
    this.#rows = rows
    this.#list = new VirtualList(this.#place, rowHeight, makeRow, (place, line) => this.#show(place, line))
    this.#place.addEventListener("click", ({ target }) => {
      const place = (target as Element).closest<HTMLElement>("[role=option]")
      const line = this.#lines[Number(place?.dataset["index"] ?? -1)]
      if (line !== undefined) state.selectByHand(line.actor)
    })
    this.#place.addEventListener("keydown", (event) => this.#pressed(event))
    for (const side of ["events", "timeline"] as const) {
      button(`show-${side}`).addEventListener("click", () => {
        byId("events").dataset["side"] = side
        set(button("show-events"), "aria-pressed", String(side === "events"))
        set(button("show-timeline"), "aria-pressed", String(side === "timeline"))
        state.changed()
      })
    }
  }

  update(): void {
    if (byId("events").dataset["side"] !== "timeline") return
    const { moment } = this.#state
    this.#lines = this.#rows().flatMap(({ actor, level }) => {
      const times = timesOf(actor, actor.stageAt(moment)?.snapshot)
      return times === undefined ? [] : [{ actor, level, times }]
    })
    this.#span = spanOf(
      this.#lines.map(({ times }) => times),
      this.#now(),
    )
    this.#list.update(this.#lines)
    setText(byId("timeline-empty"), this.#lines.length === 0 ? "No tasks." : "")
    set(this.#place, "aria-activedescendant", this.#list.placeOf(this.#indexOfSelected())?.id)
    const { from, to } = this.#span
    const marks = Array.from({ length: ticks + 1 }, (_, n) => duration(((to - from) * n) / ticks))
    byId("scale").replaceChildren(...marks.map((text) => element("span", { text })))
  }

  #now(): number {
    const { entry, source, recording } = this.#state
    if (entry !== undefined) return entry.at
    return source.type === "file" ? Number(recording.frames.at(-1)?.createdAt) : Date.now()
  }

  #show(place: HTMLElement, { actor, level, times }: Line): void {
    const { moment, selected } = this.#state
    const { submittedAt, startedAt, settledAt } = times
    const end = settledAt ?? this.#span.to
    set(place, "data-status", statusOf(actor.stageAt(moment)?.snapshot ?? {}, actor.name))
    set(place, "aria-selected", String(actor === selected))
    const [name, track] = place.children as unknown as HTMLElement[]
    const [waited, ran] = (track?.children ?? []) as unknown as HTMLElement[]
    name?.style.setProperty("--level", String(level - 2))
    if (name !== undefined) setText(name, `${actor.title} ${actor.shortId}`)
    this.#stretch(waited, submittedAt, startedAt ?? end)
    this.#stretch(ran, startedAt, end)
    const wait = `waited ${duration((startedAt ?? end) - submittedAt)}`
    const text = startedAt === undefined ? wait : `${wait}, ran ${duration(end - startedAt)}`
    set(place, "title", text)
    set(place, "aria-label", `${actor.title} ${actor.shortId}: ${text}`)
  }

  #stretch(bar: HTMLElement | undefined, from: number | undefined, to: number): void {
    if (bar === undefined) return
    bar.hidden = from === undefined
    if (from === undefined) return
    const whole = this.#span.to - this.#span.from
    bar.style.left = `${((from - this.#span.from) / whole) * 100}%`
    bar.style.width = `${((to - from) / whole) * 100}%`
  }

  #indexOfSelected(): number {
    return this.#lines.findIndex(({ actor }) => actor === this.#state.selected)
  }

  #pressed(event: KeyboardEvent): void {
    const by = { ArrowDown: 1, ArrowUp: -1, PageDown: 15, PageUp: -15, Home: -Infinity, End: Infinity }[event.key]
    if (by === undefined) return
    event.preventDefault()
    const index = Math.max(0, Math.min(this.#lines.length - 1, this.#indexOfSelected() + by))
    const line = this.#lines[index]
    if (line === undefined) return
    this.#list.reveal(index)
    this.#state.selectByHand(line.actor)
  }
}

let rowIds = 0

function makeRow(): HTMLElement {
  const track = element(
    "span",
    { class: "track" },
    element("span", { class: "waited" }),
    element("span", { class: "ran" }),
  )
  return element(
    "div",
    { role: "option", class: "row", id: `span-${++rowIds}` },
    element("span", { class: "name" }),
    track,
  )
}
