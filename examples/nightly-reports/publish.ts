import { mkdir, open, rename, rm } from "node:fs/promises"
import { join } from "node:path"
import { defineTask } from "tasktor"
import type { Report } from "./render.ts"
import { reportPath, reportsFolder } from "./reports-folder.ts"

/**
 * Writes a report into its file. Delivery is at least once: killed after the file is there and before the store knows of it, the task runs again.
 * So the file is named after what it is about, the second time puts the same bytes in the same place, and whoever reads sees a whole report
 * or none: it comes to its place by renaming.
 */
export const publish = defineTask({
  name: "publish",
  module: import.meta.url,
  retry: { maxAttempts: 5, delay: "1 second" },
  run: async (ctx, report: Report): Promise<string> => {
    const path = reportPath(report.name)
    // The same for all attempts: what a killed one has left is overwritten by the next.
    const draft = join(reportsFolder, `.${report.name}.${ctx.id}.draft`)
    await mkdir(reportsFolder, { recursive: true })
    ctx.setMessage(`writes ${report.name}`)
    try {
      const file = await open(draft, "w")
      try {
        await file.writeFile(report.text)
        await file.sync()
      } finally {
        await file.close()
      }
      ctx.throwIfCancelled()
      await rename(draft, path)
    } finally {
      await rm(draft, { force: true })
    }
    return path
  },
})
