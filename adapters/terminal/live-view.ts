import { stripVTControlCharacters } from "node:util"
import type { TaskFact } from "../../runtime/events/task-fact.ts"
import type { TaskView } from "../../runtime/supervisor/view.ts"
import { frameLines } from "./frame.ts"
import { frameUpdate, reflowed } from "./frame-update.ts"
import { logText } from "./log-text.ts"
import type { Screen } from "./screen.ts"
import { settledLines } from "./settled-lines.ts"
import type { TaskNode } from "./task-node.ts"
import { TaskTree } from "./task-tree.ts"
import { widthOf } from "./text.ts"
import type { Theme } from "./theme.ts"
import type { ViewTimer } from "./view-timer.ts"

/** At most 12 frames a second: smooth enough for a bar, and little enough for a slow line. */
const frameInterval = 80
/** A frame that takes long to make is made less often: drawing takes at most a tenth of the time. */
const restPerWork = 9

/** What the terminal reads. */
export type FactView = Pick<TaskView, "getSnapshot" | "onFact">

export interface LiveViewParts {
  readonly view: FactView
  readonly screen: Screen
  readonly timer: ViewTimer
  readonly theme: Theme
  /** Whether a log line of the task's is shown. */
  readonly showsLog: (fact: Extract<TaskFact, { type: "log" }>) => boolean
}

/** Keeps the tree of living tasks at the bottom of a terminal; what has settled is printed above it, once. */
export class LiveView {
  readonly #parts: LiveViewParts
  readonly #tree = new TaskTree()
  readonly #release: (() => void)[] = []
  #settled: TaskNode[] = []
  /** Whole lines that wait to be printed above the frame. */
  #permanent = ""
  #shown: readonly string[] = []
  #turn = 0
  #pending: unknown
  #stopped = false

  constructor(parts: LiveViewParts) {
    this.#parts = parts
    this.#tree.seed(parts.view.getSnapshot().tasks)
    this.#release.push(
      parts.view.onFact((fact) => this.#take(fact)),
      parts.screen.capture((text) => this.#print(text)),
      parts.screen.onResize(() => this.#redraw(false)),
      parts.screen.onContinue(() => this.#redraw(true)),
      parts.screen.onExit(() => this.stop()),
    )
    if (!this.#tree.isEmpty) this.#schedule(0)
  }

  /** Prints what is still to be printed, and takes the frame away. */
  stop(): void {
    if (this.#stopped) return
    this.#stopped = true
    this.#parts.timer.clearTimeout(this.#pending)
    // first: what the streams still held back comes out by this
    for (const release of this.#release) release()
    this.#draw([])
  }

  #take(fact: TaskFact): void {
    const node = this.#tree.apply(fact)
    if (node === undefined) return
    if (fact.type === "outcome" && node.parent === undefined) this.#settled.push(node)
    if (fact.type === "log" && this.#parts.showsLog(fact)) {
      this.#flushSettled()
      this.#permanent += `${logText(node.label, fact, this.#parts.theme)}\n`
    }
    this.#schedule(frameInterval)
  }

  #print(text: string): void {
    this.#flushSettled()
    this.#permanent += text
    this.#schedule(frameInterval)
  }

  #schedule(delay: number): void {
    if (this.#stopped) return
    this.#pending ??= this.#parts.timer.setTimeout(() => this.#frame(), delay)
  }

  #frame(): void {
    this.#pending = undefined
    const { timer, screen, theme, view } = this.#parts
    if (!screen.isReady()) {
      this.#schedule(frameInterval)
      return
    }
    const begun = timer.now()
    this.#turn++
    const { columns, rows } = screen.size()
    this.#draw(frameLines(this.#tree, view.getSnapshot(), { columns, rows, theme, now: begun, turn: this.#turn }))
    if (!this.#tree.isEmpty) this.#schedule(Math.max(frameInterval, (timer.now() - begun) * restPerWork))
  }

  #draw(lines: readonly string[]): void {
    this.#flushSettled()
    const update = frameUpdate(this.#shown, this.#permanent, lines)
    this.#permanent = ""
    this.#shown = lines
    if (update !== "") this.#parts.screen.write(update)
  }

  #flushSettled(): void {
    if (this.#settled.length === 0) return
    const lines = settledLines(this.#settled, this.#parts.screen.size().columns - 1, this.#parts.theme)
    this.#settled = []
    this.#permanent += lines.map((line) => `${line}\n`).join("")
  }

  /** The screen is no longer as it was left: `elsewhere` tells that something else has written on it meanwhile. */
  #redraw(elsewhere: boolean): void {
    const { columns, rows } = this.#parts.screen.size()
    const widths = this.#shown.map((line) => widthOf(stripVTControlCharacters(line)))
    this.#shown = Array.from({ length: elsewhere ? 0 : reflowed(widths, columns, rows) }, () => "")
    this.#schedule(0)
  }
}
