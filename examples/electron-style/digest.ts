import { createHash } from "node:crypto"
import { open } from "node:fs/promises"
import { defineTask } from "tasktor"

export interface Digest {
  readonly bytes: number
  readonly sha256: string
}

/** Hashes a file, in a thread: the main process must stay free for its windows. */
export const digest = defineTask({
  name: "digest",
  module: import.meta.url,
  executor: "thread",
  run: async (ctx, path: string): Promise<Digest> => {
    await using file = await open(path)
    const { size } = await file.stat()
    ctx.setTotal(size)
    ctx.setMessage(`of ${size} bytes`)
    const hash = createHash("sha256")
    const buffer = Buffer.alloc(2 ** 20)
    for (let done = 0; ;) {
      ctx.throwIfCancelled()
      const { bytesRead } = await file.read(buffer, 0, buffer.length, done)
      if (bytesRead === 0) return { bytes: done, sha256: hash.digest("hex") }
      hash.update(buffer.subarray(0, bytesRead))
      ctx.setProgress((done += bytesRead))
    }
  },
})
