import { describeFailure, type TaskContext } from "tasktor"
import type { AuditEvents } from "./audit.ts"
import { batchesOf, type Batch } from "./batches.ts"
import { measure } from "./measure.ts"
import type { FileEntry } from "./walk.ts"

/** Most of a second of compressing: smaller batches cost messages, larger ones leave workers idle at the end. */
const costOfBatch = 16 * 2 ** 20

/** Measures all files in batches, and tells of each batch as it is done. A batch that fails costs its own files only. */
export async function measureFiles(
  ctx: TaskContext<AuditEvents>,
  root: string,
  files: readonly FileEntry[],
): Promise<void> {
  const unique = oncePerContent(files)
  const batches = batchesOf(unique, costOfBatch)
  let done = 0
  const measureBatch = async (batch: Batch<FileEntry>, index: number): Promise<void> => {
    const paths = batch.files.map((file) => file.path)
    const key = `${index + 1}/${batches.length}`
    const outcome = await ctx.run(measure(root, paths, batch.cost), { key, weight: batch.cost }).outcome()
    ctx.throwIfCancelled()
    const results =
      outcome.status === "completed"
        ? outcome.output
        : paths.map(() => ({
            unreadable: outcome.status === "failed" ? describeFailure(outcome.failure) : "cancelled",
          }))
    ctx.sendEvent("measured", { files: batch.files, results })
    done += paths.length
    ctx.setMessage(`${done.toLocaleString("en")} of ${unique.length.toLocaleString("en")} files`)
  }
  await Promise.all(batches.map(measureBatch))
}

/** A file with several names (hard links) is read once, under the first of them. */
function oncePerContent(files: readonly FileEntry[]): FileEntry[] {
  const seen = new Set<string>()
  return files.filter(({ inode }) => {
    if (inode === undefined) return true
    if (seen.has(inode)) return false
    seen.add(inode)
    return true
  })
}
