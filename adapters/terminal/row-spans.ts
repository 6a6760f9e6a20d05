import { pad, span, type Span } from "./line.ts"
import type { Row } from "./rows.ts"
import type { TaskNode } from "./task-node.ts"
import { elapsedOf, saying } from "./task-text.ts"
import { cut, widthOf } from "./text.ts"
import type { Glyphs, Tone } from "./theme.ts"

/** Where the columns of the tree are, at one width of the terminal. A width of 0 leaves a column out. */
export interface Columns {
  readonly name: number
  readonly bar: number
  readonly percent: boolean
  readonly elapsed: boolean
}

const elapsedWidth = 7

/** Leaves out what matters less as the terminal gets narrower; the names get what they need, up to two fifths of it. */
export function columnsFor(rows: readonly Row[], width: number): Columns {
  const needed = rows.reduce((widest, row) => Math.max(widest, 2 * row.lasts.length + widthOf(row.node.label)), 0)
  return {
    name: Math.min(needed, Math.max(8, Math.floor(width * 0.4))),
    bar: width >= 100 ? 20 : width >= 60 ? 10 : 0,
    percent: width >= 30,
    elapsed: width >= 40,
  }
}

/** The line of one task: mark, place in the tree, name, bar, percentage, elapsed time, and what there is to say. */
export function rowSpans(row: Row, columns: Columns, glyphs: Glyphs, now: number, turn: number): Span[] {
  const { node } = row
  const branches = branchesOf(row, glyphs)
  const name = cut(node.label, columns.name - widthOf(branches), glyphs.ellipsis)
  const spans = [
    span(branches, "dim"),
    span(`${markOf(node, glyphs, turn)} `, toneOf(node)),
    span(pad(name, columns.name - widthOf(branches)), nameTone(node)),
  ]
  if (columns.bar > 0) spans.push(span(" "), ...barSpans(node, columns.bar, glyphs))
  if (columns.percent) spans.push(span(isMeasured(node) ? percentText(node.progress) : "     "))
  if (columns.elapsed) spans.push(span(` ${elapsedOf(node, now).padStart(elapsedWidth)}`, "dim"))
  const text = saying(node, now)
  if (text !== "") spans.push(span(`  ${text}`, sayingTone(node)))
  return spans
}

function branchesOf(row: Row, glyphs: Glyphs): string {
  const above = row.lasts.slice(0, -1).map((last) => (last ? "  " : glyphs.trunk))
  const own = row.lasts.at(-1)
  return above.join("") + (own === undefined ? "" : own ? glyphs.lastBranch : glyphs.branch)
}

export function markOf(node: TaskNode, glyphs: Glyphs, turn: number): string {
  if (node.phase === "backoff") return glyphs.backoff
  if (node.status === "running") return glyphs.spinner[turn % glyphs.spinner.length] ?? glyphs.marks.running
  return glyphs.marks[node.status]
}

export function toneOf(node: TaskNode): Tone {
  if (node.phase === "cancelling" || node.phase === "backoff") return "warn"
  switch (node.status) {
    case "pending":
      return "dim"
    case "running":
      return "accent"
    case "completed":
      return "good"
    case "failed":
      return "bad"
    case "cancelled":
      return "warn"
  }
}

function nameTone(node: TaskNode): Tone {
  return node.status === "pending" ? "dim" : node.parent === undefined ? "bold" : "plain"
}

function sayingTone(node: TaskNode): Tone {
  return node.status === "failed" ? "bad" : node.status === "running" ? "plain" : "dim"
}

/** A task that never reported progress gets no bar: an empty one would say that nothing happens. */
function isMeasured(node: TaskNode): boolean {
  return node.status === "running" && node.progress > 0
}

function barSpans(node: TaskNode, width: number, glyphs: Glyphs): Span[] {
  return isMeasured(node) ? progressBar(node.progress, width, glyphs, toneOf(node)) : [span(" ".repeat(width))]
}

/** The bar is full only at exactly 1, and not empty once there is progress. */
export function progressBar(progress: number, width: number, glyphs: Glyphs, tone: Tone): Span[] {
  const rounded = Math.round(progress * width)
  const done = progress >= 1 ? width : progress <= 0 ? 0 : Math.min(width - 1, Math.max(1, rounded))
  return [span(glyphs.barDone.repeat(done), tone), span(glyphs.barLeft.repeat(width - done), "dim")]
}

/** Five columns; 100 % only at exactly 1. */
export function percentText(progress: number): string {
  return `${Math.floor(Math.min(1, Math.max(0, progress)) * 100)}%`.padStart(5)
}
