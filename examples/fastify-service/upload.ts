import { createHash } from "node:crypto"
import { createWriteStream } from "node:fs"
import { mkdtemp, rm } from "node:fs/promises"
import { join } from "node:path"
import { pipeline } from "node:stream/promises"
import { HttpError } from "./http-error.ts"

/** What a client has sent. */
export interface Upload {
  /** All that belongs to it; removed when nobody needs it any more. */
  readonly folder: string
  readonly path: string
  /** Where it is to be unpacked. */
  readonly archive: string
  readonly sha256: string
}

/**
 * Writes a request's body into a folder of its own, and hashes it on the way.
 *
 * @throws HttpError for one that is empty, too long or not compressed by gzip.
 */
export async function receive(body: AsyncIterable<Buffer>, storage: string, mostBytes: number): Promise<Upload> {
  const folder = await mkdtemp(join(storage, "upload-"))
  try {
    const path = join(folder, "upload.tgz")
    const hash = createHash("sha256")
    let bytes = 0
    let begin = Buffer.alloc(0)
    const checked = async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
      for await (const chunk of chunks) {
        if ((bytes += chunk.length) > mostBytes) throw new HttpError(413, `it is longer than ${mostBytes} bytes`)
        if (begin.length < 2) begin = Buffer.concat([begin, chunk.subarray(0, 2)])
        hash.update(chunk)
        yield chunk
      }
    }
    await pipeline(body, checked, createWriteStream(path))
    if (bytes === 0) throw new HttpError(400, "it is empty: send the bytes of a .tar.gz")
    if (begin.toString("hex", 0, 2) !== "1f8b") throw new HttpError(400, "it is not compressed by gzip: send a .tar.gz")
    return { folder, path, archive: join(folder, "archive.tar"), sha256: hash.digest("hex") }
  } catch (error) {
    await forget(folder)
    throw isBrokenOff(error) ? new HttpError(400, "it was broken off") : error
  }
}

function isBrokenOff(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ECONNRESET"
}

export async function forget(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true })
}
