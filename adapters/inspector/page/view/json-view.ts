import { element, set } from "./element.ts"
import { clockTime } from "./times.ts"

/** More members than these are shown when somebody asks for them. */
const mostMembers = 100
/** What has more of them is closed until somebody opens it. */
const mostOpen = 30

/** Plain data, to be opened part by part; what has changed since the last time is marked. */
export class JsonView {
  readonly #place: HTMLElement
  /** The paths that somebody has opened or closed. */
  readonly #opened = new Map<string, boolean>()
  readonly #full = new Set<string>()
  #value: unknown
  #before: unknown
  #depth: number

  /** @param depth How many levels are open from the beginning. */
  constructor(place: HTMLElement, depth: number) {
    this.#place = place
    this.#depth = depth
    place.addEventListener("click", ({ target }) => {
      const more = (target as Element).closest<HTMLElement>("[data-more]")
      if (more?.dataset["more"] === undefined) return
      this.#full.add(more.dataset["more"])
      this.#render()
    })
  }

  show(value: unknown, before: unknown): void {
    if (value === this.#value && before === this.#before) return
    this.#value = value
    this.#before = before
    this.#render()
  }

  #render(): void {
    const focused = document.activeElement?.closest<HTMLElement>("details[data-path]")?.dataset["path"]
    this.#place.replaceChildren(this.#members(this.#value, this.#before, "", 0))
    if (focused === undefined) return
    this.#place.querySelector<HTMLElement>(`details[data-path=${CSS.escape(focused)}] > summary`)?.focus()
  }

  #members(value: unknown, before: unknown, path: string, depth: number): HTMLElement {
    const list = element("ul")
    const entries = Object.entries(value ?? {})
    const shown = this.#full.has(path) ? entries : entries.slice(0, mostMembers)
    const known = typeof before === "object" && before !== null
    for (const [name, part] of shown) {
      const earlier = known ? (before as Record<string, unknown>)[name] : undefined
      list.append(this.#member(name, part, earlier, `${path}/${name}`, depth, known && !isSame(part, earlier)))
    }
    if (shown.length < entries.length) {
      const text = `${entries.length - shown.length} more`
      list.append(element("li", {}, element("button", { type: "button", class: "link", "data-more": path, text })))
    }
    return list
  }

  #member(name: string, value: unknown, before: unknown, path: string, depth: number, isChanged: boolean): HTMLElement {
    const item = element("li", { class: isChanged ? "changed" : "" })
    const key = element("span", { class: "key", text: name })
    if (typeof value !== "object" || value === null || Object.keys(value).length === 0) {
      item.append(key, ": ", scalar(value))
      return item
    }
    const details = element("details", { "data-path": path })
    const isOpen = this.#opened.get(path) ?? (depth < this.#depth && Object.keys(value).length <= mostOpen)
    details.append(element("summary", {}, key, " ", element("span", { class: "brief", text: briefOf(value) })))
    const open = (): void => {
      if (details.childElementCount === 1) details.append(this.#members(value, before, path, depth + 1))
    }
    if (isOpen) open()
    set(details, "open", isOpen)
    details.addEventListener("toggle", () => {
      this.#opened.set(path, details.open)
      if (details.open) open()
    })
    item.append(details)
    return item
  }
}

function scalar(value: unknown): HTMLElement {
  const type = value === null ? "null" : Array.isArray(value) ? "brief" : typeof value
  // What is an instant, most likely, says when that was.
  const title = typeof value === "number" && value > 1e12 && value < 1e13 ? clockTime(value) : undefined
  return element("span", { class: type, title, text: JSON.stringify(value) ?? "undefined" })
}

function briefOf(value: object): string {
  if (Array.isArray(value)) return `[${value.length}]`
  const text = Object.entries(value)
    .slice(0, 4)
    .map(([name, part]) => (typeof part === "object" && part !== null ? name : `${name}: ${JSON.stringify(part)}`))
    .join(", ")
  return `{ ${text.length > 60 ? `${text.slice(0, 59)}…` : text} }`
}

function isSame(one: unknown, other: unknown): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other)
}
