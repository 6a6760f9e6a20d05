import { readdir, readFile } from "node:fs/promises"
import { join } from "node:path"
import { defineTask } from "tasktor"
import { boundsOf, type Period, reportName } from "./period.ts"
import type { Report } from "./render.ts"
import { reportsFolder } from "./reports-folder.ts"

/** Makes one report of those of the kind `of` that were published for the time before the slot. */
export const digest = defineTask({
  name: "digest",
  module: import.meta.url,
  run: async (ctx, period: Period, of: string): Promise<Report> => {
    const { from, to } = boundsOf(period, ctx.scheduledFor)
    const [first, last] = [from, to].map((instant) => `${reportName({ name: of, seconds: 0 }, instant)}.md`)
    // Their names sort by time.
    const names = (await readdir(reportsFolder).catch(() => [])).filter(
      (name) => first !== undefined && last !== undefined && name > first && name <= last,
    )
    ctx.setTotal(names.length)
    const lines: string[] = []
    for (const name of names.toSorted()) {
      ctx.throwIfCancelled()
      const text = await readFile(join(reportsFolder, name), "utf8")
      lines.push(`- ${name}: ${/^Together: (.*)$/m.exec(text)?.[1] ?? "unreadable"}`)
      ctx.setProgress(lines.length)
    }
    const title = `# ${names.length} reports (${of}) up to ${new Date(to).toISOString()}`
    return { name: reportName(period, to), text: `${[title, "", ...lines].join("\n")}\n` }
  },
})
