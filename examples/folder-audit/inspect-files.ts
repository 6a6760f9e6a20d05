import { describeFailure, type Outcome, type TaskContext } from "tasktor"
import type { AuditEvents } from "./audit.ts"
import { batchesOf, type Batch } from "./batches.ts"
import { inspect, kindOf, type Inspected, type Suspect } from "./inspect.ts"
import type { FileEntry } from "./walk.ts"

const costOfBatch = 16 * 2 ** 20
/** Parsing a byte takes a tenth of the time that compressing it takes. */
const weightOfCost = 0.1

/** Inspects what is to be parsed among the files, and tells of each batch as it is done. */
export async function inspectFiles(
  ctx: TaskContext<AuditEvents>,
  root: string,
  files: readonly FileEntry[],
): Promise<void> {
  const inspectBatch = async ({ files: batch, cost }: Batch<Suspect>): Promise<void> => {
    const results = await withoutCulprits(batch, (part) =>
      ctx.run(inspect(root, part), { weight: (weightOfCost * cost * part.length) / batch.length }).outcome(),
    )
    ctx.throwIfCancelled()
    ctx.sendEvent("inspected", { files: batch, results })
  }
  await Promise.all(batchesOf(suspectsAmong(files), costOfBatch).map(inspectBatch))
}

function suspectsAmong(files: readonly FileEntry[]): Suspect[] {
  return files.flatMap(({ path, bytes }) => {
    const kind = kindOf(path)
    return kind === undefined ? [] : [{ path, bytes, kind }]
  })
}

/**
 * The results of a batch, whatever happens to its worker: where a file takes the worker's process down, or keeps it busy for ever,
 * the batch is halved until that file is found. The others are inspected all the same.
 */
export async function withoutCulprits<File>(
  files: readonly File[],
  run: (files: readonly File[]) => Promise<Outcome<Inspected[]>>,
): Promise<Inspected[]> {
  const outcome = await run(files)
  switch (outcome.status) {
    case "completed":
      return outcome.output
    case "cancelled":
      return files.map(() => ({ broken: "cancelled" }))
    case "failed": {
      const { failure } = outcome
      const isWorkersEnd = failure.type === "crash" || failure.type === "timeout"
      if (!isWorkersEnd || files.length === 1) return files.map(() => ({ broken: describeFailure(failure) }))
      const half = Math.ceil(files.length / 2)
      return [...(await withoutCulprits(files.slice(0, half), run)), ...(await withoutCulprits(files.slice(half), run))]
    }
  }
}
