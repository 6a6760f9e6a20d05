import { defineTask } from "tasktor"
import type { Takings } from "./collect.ts"
import { reportName } from "./period.ts"

/** A text, and the name under which it is published. */
export interface Report {
  readonly name: string
  readonly text: string
}

/** Makes the report of what the branches have taken. */
export const render = defineTask({
  name: "render",
  module: import.meta.url,
  run: (_ctx, takings: readonly Takings[]): Report => {
    const [first] = takings
    if (first === undefined) throw new TypeError("Cannot render a report: there are no takings; collect some")
    const { period, to } = first
    const rows = takings.map(({ branch, sales, cents, byArticle }) => {
      const [best = "-"] = Object.entries(byArticle).toSorted(([, a], [, b]) => b - a)[0] ?? []
      return `| ${branch} | ${sales} | ${euros(cents)} | ${best} |`
    })
    const from = new Date(to - period.seconds * 1000)
    const lines = [
      `# Takings (${period.name})`,
      "",
      `From ${from.toISOString()} to ${new Date(to).toISOString()}`,
      "",
      "| Branch | Sales | Takings | Best |",
      "|---|---|---|---|",
      ...rows,
      "",
      `Together: ${euros(takings.reduce((sum, { cents }) => sum + cents, 0))}`,
    ]
    return { name: reportName(period, to), text: `${lines.join("\n")}\n` }
  },
})

function euros(cents: number): string {
  return `${(cents / 100).toFixed(2)} €`
}
