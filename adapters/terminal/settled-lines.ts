import { paintLine, span, type Span } from "./line.ts"
import { markOf, toneOf } from "./row-spans.ts"
import { hasManyChildren, noCounts, type TaskNode } from "./task-node.ts"
import { elapsedOf, moreText, saying } from "./task-text.ts"
import type { Theme } from "./theme.ts"

/** So many settled tasks get their lines in one frame; of more, only those that failed do. */
const mostAtOnce = 20

/**
 * The permanent lines of tasks that have settled: a line each, small families whole, of large ones what failed. Lines of
 * completed tasks are cut to the terminal's width; a failure is told in full.
 */
export function settledLines(roots: readonly TaskNode[], width: number, theme: Theme): string[] {
  const few = roots.length <= mostAtOnce
  const told = few ? roots : roots.filter((root) => root.status === "failed").slice(0, mostAtOnce)
  const lines = told.flatMap((root) => familyLines(root, "", width, theme))
  if (few) return lines
  const untold = noCounts()
  for (const root of roots) untold[root.status]++
  untold.failed -= told.length
  return [...lines, paintLine([span(moreText(untold), "dim")], width, theme)]
}

function familyLines(node: TaskNode, indent: string, width: number, theme: Theme): string[] {
  const settled = node.family?.settled ?? []
  const shown = hasManyChildren(node) ? settled.filter((child) => child.status === "failed") : settled
  const children = shown.toSorted((a, b) => a.order - b.order)
  return [
    settledLine(node, indent, width, theme),
    ...children.flatMap((child) => familyLines(child, `${indent}  `, width, theme)),
  ]
}

function settledLine(node: TaskNode, indent: string, width: number, theme: Theme): string {
  const text = saying(node, 0)
  const spans: Span[] = [
    span(`${indent}${markOf(node, theme.glyphs, 0)} `, toneOf(node)),
    span(node.label, node.parent === undefined ? "bold" : "plain"),
    span(`  ${elapsedOf(node, 0)}`, "dim"),
    span(text === "" ? "" : `  ${text}`, node.status === "failed" ? "bad" : "dim"),
  ]
  return paintLine(spans, node.status === "failed" ? Number.POSITIVE_INFINITY : width, theme).trimEnd()
}
