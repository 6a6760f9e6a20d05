import type { Samples } from "./alternate.ts"
import type { Row, Table } from "./benchmark.ts"
import { median, quantile } from "./statistics.ts"

export function tableOf(title: string, unit: string, samples: Samples<number>): Table {
  const rows = [...samples].map(([contestant, values]) => ({
    contestant,
    median: median(values),
    lowest: quantile(values, 0),
    highest: quantile(values, 1),
  }))
  return { title, unit, rows }
}

/** The rows as aligned text: contestant, median, lowest to highest, ratio to tasktor. */
export function printedTable(table: Table): string {
  const reference = table.rows.find(({ contestant }) => contestant.startsWith("tasktor"))
  const head = ["", `median ${table.unit}`, "spread", "ratio to tasktor"]
  const body = table.rows.map((row) => [row.contestant, figure(row.median), spread(row), ratio(row, reference)])
  const widths = head.map((_, column) => Math.max(...[head, ...body].map((cells) => cells[column]?.length ?? 0)))
  const line = (cells: readonly string[]): string =>
    cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join("   ")
  return [table.title, ...[head, ...body].map(line)].map((text, i) => (i === 0 ? text : `  ${text}`)).join("\n")
}

function spread(row: Row): string {
  return `${figure(row.lowest)} … ${figure(row.highest)}`
}

function ratio(row: Row, reference: Row | undefined): string {
  return reference === undefined ? "" : `${figure(row.median / reference.median)} ×`
}

/** Three significant digits, or all digits before the point. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return "-"
  const size = Math.abs(value)
  return value.toFixed(size >= 100 || size === 0 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3)
}
