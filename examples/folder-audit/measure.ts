import { defineTask } from "tasktor"
import { systemPath, type FilePath } from "./file-path.ts"
import { costOfFile } from "./batches.ts"
import { measureFile, type Measurement } from "./measure-file.ts"
import { reasonOf } from "./reason.ts"

/** What a batch says of each of its files, in their order. */
export type Measured = Measurement | { readonly unreadable: string }

/** Reads, hashes and trial-compresses a batch of files, in a thread. */
export const measure = defineTask({
  name: "measure",
  module: import.meta.url,
  executor: "thread",
  run: async (ctx, root: string, paths: readonly FilePath[], cost: number): Promise<Measured[]> => {
    ctx.setTotal(cost)
    let done = 0
    const passed = (count: number): void => {
      ctx.throwIfCancelled()
      ctx.setProgress((done += count))
    }
    const measured: Measured[] = []
    for (const path of paths) {
      passed(costOfFile)
      try {
        measured.push(await measureFile(systemPath(root, path), passed))
      } catch (error) {
        ctx.throwIfCancelled()
        measured.push({ unreadable: reasonOf(error) })
      }
    }
    return measured
  },
})
