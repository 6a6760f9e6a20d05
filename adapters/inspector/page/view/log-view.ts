import type { AppState } from "../model/app-state.ts"
import { statusOf } from "../model/actor.ts"
import { filterOf } from "../model/filter.ts"
import { isInternal, LogRows } from "../model/log-rows.ts"
import type { Entry } from "../model/recording.ts"
import { byId, element, input, set, setText } from "./element.ts"
import { clockTime } from "./times.ts"
import { VirtualList } from "./virtual-list.ts"

const rowHeight = 24

/** Who was sent what by whom, when, and where it led. A click shows everything as it was then. */
export class LogView {
  readonly #state: AppState
  readonly #log = byId("log")
  readonly #rows: LogRows
  readonly #list: VirtualList<Entry>
  #shown: readonly Entry[] = []
  /** New lines are followed until somebody scrolls away from the end. */
  #follows = true

  constructor(state: AppState) {
    this.#state = state
    this.#rows = new LogRows(state.recording)
    this.#list = new VirtualList(this.#log, rowHeight, makeRow, (place, entry, index) =>
      this.#show(place, entry, index),
    )
    this.#log.addEventListener("scroll", () => (this.#follows = this.#list.isAtEnd))
    this.#log.addEventListener("click", ({ target }) => {
      const place = (target as Element).closest<HTMLElement>("[role=option]")
      const entry = this.#shown[Number(place?.dataset["index"] ?? -1)]
      if (entry !== undefined) state.look(entry)
    })
    this.#log.addEventListener("keydown", (event) => this.#pressed(event))
    for (const id of ["log-search", "log-selected", "log-internal"])
      input(id).addEventListener("input", () => state.changed())
  }

  update(): void {
    this.#setFilter()
    this.#shown = this.#rows.rows()
    const { entry } = this.#state
    this.#list.update(this.#shown)
    if (entry === undefined && this.#follows && this.#state.held === undefined) this.#list.scrollToEnd()
    setText(byId("log-empty"), this.#shown.length === 0 ? "No events." : "")
    const index = entry === undefined ? -1 : this.#shown.indexOf(entry)
    set(this.#log, "aria-activedescendant", this.#list.placeOf(index)?.id)
  }

  /** One line up or down: back and forth in time. */
  step(by: number): void {
    const { entry } = this.#state
    const index = entry === undefined ? this.#shown.length : this.#shown.indexOf(entry)
    const next = Math.max(0, index + by)
    if (next >= this.#shown.length) this.#state.look(undefined)
    else {
      this.#state.look(this.#shown[next])
      this.#list.reveal(next)
    }
  }

  #setFilter(): void {
    const actor = input("log-selected").checked ? this.#state.selected : undefined
    const { words } = filterOf(input("log-search").value)
    const internal = input("log-internal").checked
    const before = this.#rows.filter
    if (before.actor !== actor || before.internal !== internal || before.words.join(" ") !== words.join(" ")) {
      this.#rows.setFilter({ actor, words, internal })
      this.#follows = true
    }
  }

  #pressed(event: KeyboardEvent): void {
    const by = { ArrowDown: 1, ArrowUp: -1, PageDown: 15, PageUp: -15 }[event.key]
    if (by !== undefined) this.step(by)
    else if (event.key === "End") this.#state.look(undefined)
    else if (event.key === "Home") this.step(-this.#shown.length)
    else return
    event.preventDefault()
  }

  #show(place: HTMLElement, entry: Entry, index: number): void {
    const { at, actor, event, source, after, type } = entry
    const [time, gap, who, what, where] = place.children as unknown as HTMLElement[]
    const previous = this.#shown[index - 1]
    if (time !== undefined) setText(time, clockTime(at))
    if (gap !== undefined) setText(gap, previous === undefined ? "" : gapText(at - previous.at))
    const [from, to, id] = (who?.children ?? []) as unknown as HTMLElement[]
    if (from !== undefined) setText(from, source === undefined ? "" : `${this.#titleOf(source)} → `)
    if (to !== undefined) setText(to, actor.title)
    if (id !== undefined) setText(id, actor.shortId)
    if (what !== undefined) setText(what, type === "appeared" ? "appears" : textOf(entry))
    if (where !== undefined) setText(where, after === undefined ? "" : change(entry))
    set(place, "data-status", after === undefined ? undefined : statusOf(after, actor.name))
    set(place, "data-type", type === "appeared" ? type : isInternal(entry) ? "internal" : undefined)
    set(place, "aria-selected", String(entry === this.#state.entry))
    set(place, "data-own", entry.actor === this.#state.selected)
    set(place, "title", `${actor.title} (${actor.name}): ${event.type}`)
  }

  #titleOf(source: string | undefined): string {
    if (source === undefined) return ""
    return this.#state.recording.actors.get(source)?.title ?? source
  }
}

let rowIds = 0

function makeRow(): HTMLElement {
  return element(
    "div",
    { role: "option", class: "row", id: `line-${++rowIds}` },
    element("span", { class: "time" }),
    element("span", { class: "gap" }),
    element(
      "span",
      { class: "who" },
      element("span", { class: "from" }),
      element("span", { class: "to" }),
      element("span", { class: "id" }),
    ),
    element("span", { class: "what" }),
    element("span", { class: "where" }),
  )
}

/** The event with what it says, as far as there is room. */
function textOf({ event }: Entry): string {
  const { type, at: _at, ...rest } = event
  const values = Object.entries(rest).map(([name, value]) => `${name} ${brief(value)}`)
  return values.length === 0 ? type : `${type}  ${values.join(", ")}`
}

function brief(value: unknown): string {
  const text = errorText(value) ?? (typeof value === "string" ? value : (JSON.stringify(value) ?? "undefined"))
  return text.length > 80 ? `${text.slice(0, 79)}…` : text
}

/** An error, or a failure that has one, in its own words. */
function errorText(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return undefined
  const { error = value } = value as { readonly error?: unknown }
  const { name, message } = (error ?? {}) as Partial<Error>
  return typeof name === "string" && typeof message === "string" ? `${name}: ${message}` : undefined
}

/** Where it led, if it led anywhere. */
function change({ before, after, type }: Entry): string {
  const to = valueText(after?.value)
  if (type === "appeared") return to
  return to === valueText(before?.value) ? "" : `→ ${to}`
}

/** `running.executing` */
export function valueText(value: unknown): string {
  if (typeof value === "string") return value
  if (typeof value !== "object" || value === null) return ""
  return Object.entries(value)
    .map(([key, inner]) => [key, valueText(inner)].filter(Boolean).join("."))
    .join(", ")
}

function gapText(ms: number): string {
  if (ms < 1) return ""
  return ms < 1000 ? `+${ms}` : `+${(ms / 1000).toFixed(1)} s`
}
