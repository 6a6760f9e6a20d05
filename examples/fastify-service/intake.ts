import { defineTask, events } from "tasktor"
import { measure, type FileReport } from "./measure.ts"
import { unpack } from "./unpack.ts"
import type { Upload } from "./upload.ts"

/** What a client gets in the end. */
export interface Manifest {
  readonly sha256: string
  readonly bytes: number
  readonly brotliBytes: number
  readonly files: readonly FileReport[]
}

/** The whole of what is done with an upload. It only waits for the others, so it is a coroutine. */
export const intake = defineTask({
  name: "intake",
  events: events<{ file: FileReport }>(),
  run: async (ctx, { path, archive, sha256 }: Upload, quality: number): Promise<Manifest> => {
    const unpacking = ctx.subContext({ range: 0.1 })
    const entries = await unpacking.run(unpack(path, archive)).result()
    const bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0)
    const measuring = ctx.subContext({ base: 0.1, range: 0.9, total: bytes })
    let done = 0
    const measured = entries.map(async (entry) => {
      const report = await measuring.run(measure(archive, entry, quality), { weight: entry.bytes }).result()
      ctx.setMessage(`${++done} of ${entries.length} files`)
      ctx.sendEvent("file", report)
      return report
    })
    const files = await Promise.all(measured)
    return { sha256, bytes, brotliBytes: files.reduce((sum, file) => sum + file.brotliBytes, 0), files }
  },
})
