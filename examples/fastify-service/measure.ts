import { createHash } from "node:crypto"
import { open } from "node:fs/promises"
import { constants, createBrotliCompress } from "node:zlib"
import { defineTask } from "tasktor"
import type { Entry } from "./tar.ts"

/** What the manifest says of a file. */
export interface FileReport {
  readonly path: string
  readonly bytes: number
  readonly sha256: string
  /** What it would be on its way to a browser. */
  readonly brotliBytes: number
}

/** Read and compressed at a time: between two of them a cancel is heard. */
const piece = 64 * 1024

/** Hashes and trial-compresses one file of an archive, in a thread: it computes, so it gets all cores. */
export const measure = defineTask({
  name: "measure",
  module: import.meta.url,
  executor: "thread",
  visible: false,
  run: async (ctx, archive: string, { path, offset, bytes }: Entry, quality: number): Promise<FileReport> => {
    ctx.setTotal(bytes)
    const hash = createHash("sha256")
    const brotli = createBrotliCompress({
      params: { [constants.BROTLI_PARAM_QUALITY]: quality, [constants.BROTLI_PARAM_SIZE_HINT]: bytes },
    })
    let brotliBytes = 0
    brotli.on("data", (chunk: Buffer) => (brotliBytes += chunk.length))
    const ended = new Promise((resolve, reject) => brotli.on("end", resolve).on("error", reject))
    await using file = await open(archive)
    for (let done = 0; done < bytes;) {
      ctx.throwIfCancelled()
      const { bytesRead, buffer } = await file.read(Buffer.alloc(Math.min(piece, bytes - done)), {
        position: offset + done,
      })
      if (bytesRead === 0) throw new Error(`the archive was cut off in ${path}`)
      const part = buffer.subarray(0, bytesRead)
      hash.update(part)
      await new Promise<void>((resolve, reject) => brotli.write(part, (error) => (error ? reject(error) : resolve())))
      ctx.setProgress((done += bytesRead))
    }
    brotli.end()
    await ended
    return { path, bytes, sha256: hash.digest("hex"), brotliBytes }
  },
})
