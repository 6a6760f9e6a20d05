import type { TaskFact } from "../../runtime/events/task-fact.ts"
import { logText } from "./log-text.ts"
import { percentText, toneOf } from "./row-spans.ts"
import { hasManyChildren, type TaskNode } from "./task-node.ts"
import { elapsedOf, saying } from "./task-text.ts"
import { TaskTree } from "./task-tree.ts"
import type { TaskSnapshot } from "../../machines/task/snapshot.ts"
import type { Theme } from "./theme.ts"

/** A task that has said nothing for so long (milliseconds) may report its progress in a line. */
const progressEvery = 2000

export interface PlainOptions {
  readonly theme: Theme
  readonly showsLog: (fact: Extract<TaskFact, { type: "log" }>) => boolean
}

/**
 * The ordered stream as lines for a file or a pipe: one for each change of state and each outcome, and now and then one for
 * progress. A parent of many children speaks for them: of those, only failures get a line.
 */
export class PlainLines {
  readonly #options: PlainOptions
  readonly #tree = new TaskTree()
  readonly #lastLineAt = new WeakMap<TaskNode, number>()

  constructor(tasks: readonly TaskSnapshot[], options: PlainOptions) {
    this.#options = options
    this.#tree.seed(tasks)
  }

  /** The line for this fact, if it gets one. */
  line(fact: TaskFact): string | undefined {
    const node = this.#tree.apply(fact)
    if (node === undefined) return undefined
    const text = this.#textOf(fact, node)
    if (text !== undefined) this.#lastLineAt.set(node, fact.at)
    return text
  }

  #textOf(fact: TaskFact, node: TaskNode): string | undefined {
    const { theme, showsLog } = this.#options
    const path = pathOf(node, theme)
    if (fact.type === "log") return showsLog(fact) ? logText(path, fact, theme) : undefined
    const spokenFor = node.parent !== undefined && hasManyChildren(node.parent)
    if (spokenFor && node.status !== "failed") return undefined
    const text = this.#change(fact, node)
    return text === undefined ? undefined : `${theme.paint("dim", `${path}:`)} ${text}`
  }

  #change(fact: TaskFact, node: TaskNode): string | undefined {
    const { theme } = this.#options
    switch (fact.type) {
      case "state":
        if (fact.phase === "executing") return node.attempt > 1 ? `running, attempt ${node.attempt}` : "running"
        return fact.phase === "queued" || fact.phase === "settled"
          ? undefined
          : theme.paint("warn", saying(node, fact.at))
      case "report": {
        const last = this.#lastLineAt.get(node)
        if (last !== undefined && fact.at - last < progressEvery) return undefined
        return `${percentText(node.progress).trim()} ${node.message}`.trimEnd()
      }
      case "outcome": {
        const elapsed = elapsedOf(node, fact.at)
        const head = theme.paint(toneOf(node), node.status) + (elapsed === "" ? "" : ` in ${elapsed}`)
        const text = saying(node, fact.at).replace(/^cancelled:? /, "")
        return text === "" ? head : `${head}: ${text}`
      }
      case "submitted":
      case "event":
      case "log":
        return undefined
    }
  }
}

function pathOf(node: TaskNode, theme: Theme): string {
  const above = node.parent === undefined ? "" : `${pathOf(node.parent, theme)} ${theme.glyphs.under} `
  return above + node.label
}
