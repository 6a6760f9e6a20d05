import { type Actor, type Status, statusOf } from "../model/actor.ts"
import type { AppState } from "../model/app-state.ts"
import { type Filter, filterOf, isEmpty } from "../model/filter.ts"
import { type TreeRow, treeRows } from "../model/tree-rows.ts"
import { element, icon, input, byId, set, setText } from "./element.ts"
import { duration, number } from "./times.ts"
import { VirtualList } from "./virtual-list.ts"

const rowHeight = 26
/** A branch of more than these is closed until somebody opens it. */
const mostOpen = 500

/** The tree of all actors, and what it is searched with. */
export class TreeView {
  readonly #state: AppState
  readonly #tree = byId("tree")
  readonly #list: VirtualList<TreeRow>
  readonly #toggled = new Set<Actor>()
  readonly #statuses = new Set<Status>()
  #toggles = 0
  #rows: readonly TreeRow[] = []
  #rowsFrom: readonly unknown[] = []
  #filter: Filter = filterOf("")

  constructor(state: AppState) {
    this.#state = state
    this.#list = new VirtualList(this.#tree, rowHeight, makeRow, (place, row) => this.#show(place, row))
    this.#tree.addEventListener("click", (event) => this.#clicked(event))
    this.#tree.addEventListener("keydown", (event) => this.#pressed(event))
    input("search").addEventListener("input", () => this.#filtered())
    byId("statuses").addEventListener("click", ({ target }) => {
      const chip = (target as Element).closest<HTMLElement>("[data-status]")
      if (chip === null) return
      const status = chip.dataset["status"] as Status
      if (!this.#statuses.delete(status)) this.#statuses.add(status)
      set(chip, "aria-pressed", String(this.#statuses.has(status)))
      this.#filtered()
    })
  }

  get rows(): readonly TreeRow[] {
    return this.#rows
  }

  update(): void {
    this.#collect()
    this.#list.update(this.#rows)
    const nothing = isEmpty(this.#filter) ? "No actors yet." : "Nothing matches."
    setText(byId("tree-empty"), this.#rows.length === 0 ? nothing : "")
    const index = this.#indexOfSelected()
    const place = this.#list.placeOf(index)
    set(this.#tree, "aria-activedescendant", place?.id)
    this.#count()
  }

  /** Anew only if something has changed that the lines depend on. */
  #collect(): void {
    const { recording, moment } = this.#state
    const { structure } = recording
    const depends = this.#filter.statuses.size > 0 ? recording.last : 0
    const from = [structure, moment, this.#filter, this.#toggles, depends]
    if (from.every((part, index) => part === this.#rowsFrom[index])) return
    this.#rowsFrom = from
    this.#rows = treeRows(recording.roots, (actor) => this.#isClosed(actor), this.#filter, moment)
  }

  #filtered(): void {
    this.#filter = filterOf(input("search").value, this.#statuses)
    this.#tree.scrollTop = 0
    this.#state.changed()
  }

  #isClosed(actor: Actor): boolean {
    return this.#toggled.has(actor) !== actor.children.length > mostOpen
  }

  #indexOfSelected(): number {
    return this.#rows.findIndex(({ actor }) => actor === this.#state.selected)
  }

  #show(place: HTMLElement, { actor, level, isExpandable, isExpanded, position, siblings }: TreeRow): void {
    const { moment, selected } = this.#state
    const snapshot = actor.stageAt(moment)?.snapshot ?? {}
    const status = statusOf(snapshot, actor.name)
    const { task } = actor
    const context = (snapshot.context ?? {}) as { readonly progress?: number; readonly startedAt?: number }
    set(place, "aria-level", level)
    set(place, "aria-posinset", position)
    set(place, "aria-setsize", siblings)
    set(place, "aria-expanded", isExpandable ? String(isExpanded) : undefined)
    set(place, "aria-selected", String(actor === selected))
    set(place, "data-status", status)
    set(place, "title", task === undefined ? actor.name : `${task.name}\n${actor.name}`)
    const [twist, sign, name, id, bar, note] = place.children as unknown as HTMLElement[]
    twist?.style.setProperty("--level", String(level - 1))
    const use = sign?.querySelector("use")
    if (use !== null && use !== undefined) set(use, "href", `#icon-${status}`)
    if (sign !== undefined) set(sign, "aria-label", status)
    if (name !== undefined) setText(name, actor.title)
    if (id !== undefined) setText(id, actor.pipeline === undefined ? actor.shortId : "")
    const progress = task === undefined ? undefined : (context.progress ?? 0)
    if (bar !== undefined) {
      bar.hidden = progress === undefined || status === "pending"
      bar.style.setProperty("--progress", String(progress ?? 0))
    }
    if (note !== undefined) setText(note, this.#noteOf(status, snapshot.context))
  }

  #noteOf(status: Status, context: unknown): string {
    const { startedAt, settledAt, submittedAt, progress, attempt } = (context ?? {}) as Partial<Record<string, number>>
    const tries = attempt !== undefined && attempt > 1 ? `×${attempt} ` : ""
    if (settledAt !== undefined) return `${tries}${duration(settledAt - (startedAt ?? submittedAt ?? settledAt))}`
    if (status === "running" && progress !== undefined) return `${tries}${Math.floor(progress * 100)} %`
    return tries
  }

  #clicked({ target }: MouseEvent): void {
    const place = (target as Element).closest<HTMLElement>("[role=treeitem]")
    const row = this.#rows[Number(place?.dataset["index"] ?? -1)]
    if (row === undefined) return
    if ((target as Element).closest(".twist") !== null && row.isExpandable) this.#toggle(row.actor)
    else this.#state.selectByHand(row.actor)
  }

  #toggle(actor: Actor): void {
    if (!this.#toggled.delete(actor)) this.#toggled.add(actor)
    this.#toggles++
    this.#state.changed()
  }

  /** As trees are walked everywhere. Source: https://www.w3.org/WAI/ARIA/apg/patterns/treeview/ */
  #pressed(event: KeyboardEvent): void {
    const index = this.#indexOfSelected()
    const row = this.#rows[index]
    const go = (to: number): void => {
      const next = this.#rows[Math.max(0, Math.min(this.#rows.length - 1, to))]
      if (next === undefined) return
      this.#list.reveal(this.#rows.indexOf(next))
      this.#state.selectByHand(next.actor)
    }
    switch (event.key) {
      case "ArrowDown":
        go(index + 1)
        break
      case "ArrowUp":
        go(index - 1)
        break
      case "PageDown":
        go(index + 15)
        break
      case "PageUp":
        go(index - 15)
        break
      case "Home":
        go(0)
        break
      case "End":
        go(this.#rows.length - 1)
        break
      case "ArrowRight":
        if (row?.isExpandable === true && !row.isExpanded) this.#toggle(row.actor)
        else if (row?.isExpanded === true) go(index + 1)
        break
      case "ArrowLeft":
        if (row?.isExpanded === true) this.#toggle(row.actor)
        else if (row?.actor.parent !== undefined) go(this.#rows.findIndex(({ actor }) => actor === row.actor.parent))
        break
      default:
        return
    }
    event.preventDefault()
  }

  /** How many tasks there are in each status, as far as they are recorded. */
  #count(): void {
    const counts = this.#countsNow()
    for (const chip of byId("statuses").querySelectorAll<HTMLElement>("[data-status]")) {
      const count = chip.querySelector(".count")
      const value = counts.get(chip.dataset["status"] as Status) ?? 0
      if (count !== null) setText(count, number(value))
      set(chip, "data-none", value === 0)
    }
  }

  #countsNow(): ReadonlyMap<Status, number> {
    const { recording, moment } = this.#state
    if (moment === undefined) return recording.taskCounts
    const counts = new Map<Status, number>()
    for (const actor of recording.actors.values()) {
      const snapshot = actor.stageAt(moment)?.snapshot
      if (actor.task === undefined || snapshot === undefined) continue
      const status = statusOf(snapshot, actor.name)
      counts.set(status, (counts.get(status) ?? 0) + 1)
    }
    return counts
  }
}

let rowIds = 0

function makeRow(): HTMLElement {
  const sign = element("span", { class: "sign", role: "img" }, icon("active"))
  return element(
    "div",
    { role: "treeitem", class: "row", id: `row-${++rowIds}` },
    element("span", { class: "twist" }, icon("twist")),
    sign,
    element("span", { class: "name" }),
    element("span", { class: "id" }),
    element("span", { class: "bar" }),
    element("span", { class: "note" }),
  )
}
