import { pad, paintLine, span, type Span } from "../terminal/line.ts"
import { widthOf } from "../terminal/text.ts"
import { type Theme, themeFor } from "../terminal/theme.ts"

/** Where a command prints: how wide that is, and what it can show. */
export interface Page {
  readonly width: number
  readonly theme: Theme
}

/** A terminal has a width; a pipe gets whole lines. */
export function pageOf({ isTTY, columns }: NodeJS.WriteStream): Page {
  const width = isTTY && columns > 0 ? columns : Number.POSITIVE_INFINITY
  return { width, theme: themeFor(isTTY, process.env) }
}

/** Lines of a table, its columns as wide as they need to be; the last one takes what is left. */
export function tableLines(rows: readonly (readonly Span[])[], { width, theme }: Page): string {
  const widths: number[] = []
  for (const row of rows) {
    for (const [column, { text }] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, widthOf(text))
  }
  const lines = rows.map((row) => {
    const last = row.findLastIndex(({ text }) => text !== "")
    const cells = row.slice(0, last + 1).map(({ text, tone }, column) => {
      const own = column === last ? text : `${pad(text, widths[column] ?? 0)}  `
      return span(own, tone)
    })
    return paintLine(cells, width, theme)
  })
  return lines.map((line) => `${line}\n`).join("")
}

export function headOf(...names: readonly string[]): readonly Span[] {
  return names.map((name) => span(name, "dim"))
}
