import type { Fold } from "../../../runtime/journal/fold.ts"
import { frameLines } from "../../terminal/frame.ts"
import { paintLine, span, type Span } from "../../terminal/line.ts"
import { countsText, total } from "../../terminal/task-text.ts"
import { TaskTree } from "../../terminal/task-tree.ts"
import { harmless } from "../../terminal/text.ts"
import type { Theme } from "../../terminal/theme.ts"
import { preciseTimeText } from "../time-text.ts"
import { type EntryFact, entryFactText } from "./entry-fact.ts"

/** What is on the screen of one who steps through the log. */
export interface ReplayView {
  readonly file: string
  readonly position: number
  readonly last: number
  readonly fold: Fold
  readonly fact: EntryFact | undefined
  /** What is being typed, or is to be said, in the place of the keys. */
  readonly prompt: string | undefined
}

export interface ScreenSize {
  readonly columns: number
  readonly rows: number
}

const keys = "←→ entry  ↑↓ 100 entries  g G begin, end  / jump  n again  q quit"

/** Lines above and below the tree. */
const around = 6

/** The whole screen, painted: the place in the log, the entry, all tasks as they were then, and the keys. */
export function replayScreen(view: ReplayView, { columns, rows }: ScreenSize, theme: Theme): readonly string[] {
  const { fold, fact, position, last } = view
  const width = Math.max(1, columns - 1)
  const line = (...spans: readonly Span[]): string => paintLine(spans, width, theme)
  const snapshot = fold.snapshot()
  const tree = new TaskTree()
  tree.seed(snapshot.tasks)
  const counts = total(snapshot.counts) === 0 ? "no task" : countsText(snapshot.counts)
  const when = position === 0 ? "before anything has happened" : preciseTimeText(fold.at)
  const room = Math.max(2, rows - around + 1)
  const tasks = frameLines(tree, snapshot, { columns, rows: room, theme, now: fold.at, turn: 0 })
  const lines = [
    line(span(`entry ${position} of ${last}`, "bold"), span(`  ${when}  ${harmless(view.file)}`, "dim")),
    line(...factSpans(fact)),
    line(span(`supervisor ${snapshot.state}`, "accent"), span(`  ${counts}`)),
    "",
    ...(tasks.length === 0 ? [line(span("Nothing is alive", "dim"))] : tasks.slice(0, rows - around)),
  ]
  while (lines.length < rows - 1) lines.push("")
  return [...lines.slice(0, rows - 1), line(span(view.prompt ?? keys, view.prompt === undefined ? "dim" : "plain"))]
}

function factSpans(fact: EntryFact | undefined): readonly Span[] {
  if (fact === undefined) return []
  if (fact.type === "supervisor") return [entryFactText(fact)]
  return [span(`${harmless(fact.name)} `, "bold"), span(`${fact.task}  `, "dim"), entryFactText(fact)]
}
