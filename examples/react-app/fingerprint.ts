import { defineTask, describeCancel, describeFailure, events } from "tasktor"
import type { Folder, FolderFile } from "./folder.ts"
import { hashFile } from "./hash-file.ts"

/** What becomes known of a folder, as it becomes known. */
export type FolderEvents = {
  listed: { readonly files: number; readonly bytes: number }
  hashed: { readonly path: string; readonly bytes: number; readonly sha256: string }
  /** It could not be read, or somebody skipped it. */
  missed: { readonly path: string; readonly reason: string; readonly skipped: boolean }
}

/** So many files are in hand at once: the next one is always there when a worker becomes idle. */
const lanes = Math.max(2, navigator.hardwareConcurrency) + 2

/** Hashes every file of a folder in web workers, each as a child task; one that fails or is skipped does not hinder the others. */
export const fingerprint = defineTask({
  name: "fingerprint",
  events: events<FolderEvents>(),
  run: async (ctx, folder: Folder): Promise<void> => {
    const files: FolderFile[] = []
    let bytes = 0
    for await (const file of folder()) {
      ctx.throwIfCancelled()
      files.push(file)
      bytes += file.file.size
      if (files.length % 500 === 0) ctx.setMessage(`${files.length.toLocaleString("en")} files found`)
    }
    ctx.sendEvent("listed", { files: files.length, bytes })
    ctx.setMessage("")
    ctx.setTotal(bytes + files.length)

    const hashOne = async ({ path, file }: FolderFile): Promise<void> => {
      const child = ctx.run(hashFile(file), { key: path, weight: file.size + 1 })
      const outcome = await child.outcome()
      switch (outcome.status) {
        case "completed":
          return ctx.sendEvent("hashed", { path, bytes: file.size, sha256: outcome.output })
        case "failed":
          return ctx.sendEvent("missed", { path, reason: describeFailure(outcome.failure), skipped: false })
        case "cancelled":
          return ctx.sendEvent("missed", { path, reason: describeCancel(outcome.reason), skipped: true })
      }
    }
    const waiting = files.values()
    const lane = async (): Promise<void> => {
      for (const file of waiting) {
        ctx.throwIfCancelled()
        await hashOne(file)
      }
    }
    await Promise.all(Array.from({ length: lanes }, lane))
  },
})
