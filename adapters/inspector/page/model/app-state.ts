import type { Frame } from "../../frame.ts"
import type { Connection } from "../source/live-source.ts"
import type { Actor } from "./actor.ts"
import type { Entry } from "./recording.ts"
import { type Gap, Recording } from "./recording.ts"

/** Where the frames come from. */
export type Source =
  | { readonly type: "live"; readonly connection: Connection }
  /** The page that has opened this one. */
  | { readonly type: "window" }
  | { readonly type: "file"; readonly name: string }
  | { readonly type: "none" }

/** More than these are not held while the page is paused. */
const mostHeld = 120_000

/** What is looked at, and how. Whoever shows it subscribes; it is shown once in a frame of the screen at most. */
export class AppState {
  readonly recording = new Recording()
  source: Source = { type: "none" }
  selected: Actor | undefined
  /** The line of the log that is looked at; undefined: now. */
  entry: Entry | undefined
  /** Frames that have come since the page was paused; undefined while it is not. */
  held: (Frame | Gap)[] | undefined
  notice: string | undefined
  /** There is a program behind this page, which it can go back to from a file. */
  canBeLive = false
  /** The actor that the page's address names, until it is there. */
  wanted: string | undefined
  readonly #listeners = new Set<() => void>()
  #isScheduled = false
  #isByHand = false

  /** The frame as of which everything is shown; undefined: now. */
  get moment(): number | undefined {
    return this.entry === undefined ? undefined : this.entry.since
  }

  subscribe(listener: () => void): void {
    this.#listeners.add(listener)
  }

  changed(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    const show = (): void => {
      this.#isScheduled = false
      for (const listener of this.#listeners) listener()
    }
    // A page in the background has no frames of the screen.
    if (document.hidden) setTimeout(show, 500)
    else requestAnimationFrame(show)
  }

  receive(frames: readonly (Frame | Gap)[], missed = 0): void {
    this.recording.missed += missed
    if (this.held !== undefined) {
      this.held.push(...frames)
      const tooMany = this.held.length - mostHeld
      if (tooMany > 0) {
        this.held.splice(0, tooMany)
        this.recording.missed += tooMany
      }
    } else this.#take(frames)
    this.changed()
  }

  pause(): void {
    this.held ??= []
    this.changed()
  }

  resume(): void {
    const held = this.held ?? []
    this.held = undefined
    this.entry = undefined
    this.#take(held)
    this.changed()
  }

  /** Shows other frames in place of all that there are. */
  replace(frames: readonly Frame[]): void {
    this.recording.clear()
    this.selected = undefined
    this.entry = undefined
    this.held = undefined
    this.#take(frames)
    this.changed()
  }

  clear(): void {
    const { selected } = this
    this.recording.forget()
    if (this.held !== undefined) this.held = []
    this.entry = undefined
    this.selected = selected === undefined ? undefined : this.recording.actors.get(selected.sessionId)
    this.#selectFirst()
    this.changed()
  }

  select(actor: Actor): void {
    this.selected = actor
    this.wanted = undefined
    this.changed()
  }

  /** Selects the actor of that name, as soon as it is there. */
  want(name: string): void {
    this.wanted = name
    for (const actor of this.recording.actors.values()) {
      if (actor.name === name || actor.sessionId === name) return this.selectByHand(actor)
    }
  }

  /** Shows everything as it was after that line of the log. */
  look(entry: Entry | undefined): void {
    this.entry = entry
    if (entry !== undefined) this.selected = entry.actor
    this.changed()
  }

  #take(frames: readonly (Frame | Gap)[]): void {
    for (const frame of frames) this.recording.add(frame)
    if (this.wanted !== undefined) this.want(this.wanted)
    this.#selectFirst()
  }

  /** The first task is more telling than the supervisor, and a pipeline's steps more than its task. */
  #selectFirst(): void {
    if (this.wanted !== undefined) return
    const { selected } = this
    if (selected !== undefined && (selected.parent !== undefined || this.#isByHand)) return
    const [root] = this.recording.roots
    const first = root?.children[0] ?? root
    this.selected = first?.steps ?? first
  }

  selectByHand(actor: Actor): void {
    this.#isByHand = true
    this.select(actor)
  }
}
