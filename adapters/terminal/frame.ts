import type { SupervisorSnapshot } from "../../runtime/supervisor/view.ts"
import { paintLine, span } from "./line.ts"
import { columnsFor, percentText, progressBar, rowSpans } from "./row-spans.ts"
import { pickRows } from "./rows.ts"
import type { TaskTree } from "./task-tree.ts"
import { countsText, moreText, total } from "./task-text.ts"
import type { Theme } from "./theme.ts"

/** What a frame depends on beside the tasks. */
export interface FrameOptions {
  /** The terminal's size. */
  readonly columns: number
  readonly rows: number
  readonly theme: Theme
  /** Milliseconds since the epoch. */
  readonly now: number
  /** Counts the frames: it turns the spinners. */
  readonly turn: number
}

/**
 * The lines of the live tree, painted: never more than fit above the line where the cursor rests, and none that reaches the last
 * column (a terminal may wrap there). Empty when nothing is alive.
 */
export function frameLines(
  tree: TaskTree,
  overall: Pick<SupervisorSnapshot, "progress" | "counts">,
  options: FrameOptions,
): string[] {
  if (tree.isEmpty || options.rows < 2) return []
  const { theme, now, turn } = options
  const width = Math.max(1, options.columns - 1)
  const room = Math.max(0, options.rows - 2)
  let { rows, hidden } = pickRows(tree, room)
  if (total(hidden) > 0 && rows.length === room) ({ rows, hidden } = pickRows(tree, room - 1))
  const columns = columnsFor(rows, width)
  const lines = rows.map((row) => paintLine(rowSpans(row, columns, theme.glyphs, now, turn), width, theme))
  if (total(hidden) > 0 && room > 0) lines.push(paintLine([span(moreText(hidden), "dim")], width, theme))
  lines.push(overallLine(overall, width, theme))
  return lines
}

function overallLine(overall: Pick<SupervisorSnapshot, "progress" | "counts">, width: number, theme: Theme): string {
  const bar = width >= 60 ? progressBar(overall.progress, 20, theme.glyphs, "good") : []
  return paintLine(
    [...bar, span(percentText(overall.progress), "bold"), span(`  ${countsText(overall.counts)}`, "dim")],
    width,
    theme,
  )
}
