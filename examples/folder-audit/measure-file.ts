import { createHash } from "node:crypto"
import { closeSync, constants, fstatSync, openSync, readSync, type BigIntStats } from "node:fs"
import { createGzip, gzipSync } from "node:zlib"

/** The content of one file. */
export interface Measurement {
  readonly bytes: number
  readonly sha256: string
  /**
   * Bytes after `gzip -6 -n`. Node's zlib and the gzip program search differently: the same for content that is trivial either way,
   * within a few bytes for small files, within half a percent over a folder.
   */
  readonly gzipBytes: number
}

/** Up to this size a file is read at once: compressing in one call is several times faster than as a stream. */
const smallFile = 1 << 20
const chunkBytes = 1 << 20

/** As in gzip(1): level 6, and its buffer of 32 Ki symbols. */
const gzipOptions = { level: 6, memLevel: 9, chunkSize: 1 << 16 }

// A link or a FIFO that took the file's place meanwhile is neither followed nor waited for. Windows knows neither flag.
const openFlags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)

/** One for each thread, one byte longer than needed: a file that has grown shows. Nothing waits while it holds it. */
let small: Buffer | undefined

/** Calls `passed` with the number of bytes of each piece, which may throw to end it. Memory is bounded whatever the file's size. */
export async function measureFile(path: string | Buffer, passed: (bytes: number) => void): Promise<Measurement> {
  const file = openSync(path, openFlags)
  try {
    const before = fstatSync(file, { bigint: true })
    if (!before.isFile()) throw new Error("changed its kind meanwhile")
    const bytes = Number(before.size)
    const measurement = bytes <= smallFile ? measureSmall(file, bytes, passed) : await measureLarge(file, bytes, passed)
    if (measurement.bytes !== bytes || hasChanged(before, fstatSync(file, { bigint: true }))) {
      throw new Error("changed while it was read")
    }
    return measurement
  } finally {
    closeSync(file)
  }
}

function measureSmall(file: number, bytes: number, passed: (bytes: number) => void): Measurement {
  small ??= Buffer.allocUnsafeSlow(smallFile + 1)
  const content = small.subarray(0, readFully(file, small.subarray(0, bytes + 1)))
  passed(content.length)
  return {
    bytes: content.length,
    sha256: createHash("sha256").update(content).digest("hex"),
    gzipBytes: gzipSync(content, gzipOptions).length,
  }
}

async function measureLarge(file: number, bytes: number, passed: (bytes: number) => void): Promise<Measurement> {
  const hash = createHash("sha256")
  const chunk = Buffer.allocUnsafeSlow(chunkBytes)
  const gzip = createGzip(gzipOptions)
  let gzipBytes = 0
  let read = 0
  gzip.on("data", (piece: Buffer) => (gzipBytes += piece.length))
  try {
    for (let length = 1; length > 0 && read <= bytes; read += length) {
      length = readFully(file, chunk)
      passed(length)
      const compressed = new Promise<void>((resolve, reject) => {
        gzip.write(chunk.subarray(0, length), (error) => (error ? reject(error) : resolve()))
      })
      // meanwhile: the compressor works in another thread
      hash.update(chunk.subarray(0, length))
      // only when it has done with the chunk may that be filled anew
      await compressed
    }
    await new Promise<void>((resolve, reject) => {
      gzip.on("error", reject).on("end", resolve).end()
    })
  } finally {
    gzip.destroy()
  }
  return { bytes: read, sha256: hash.digest("hex"), gzipBytes }
}

/** Fills the buffer, as far as the file goes. */
function readFully(file: number, into: Buffer): number {
  let length = 0
  while (length < into.length) {
    const count = readSync(file, into, length, into.length - length, null)
    if (count === 0) break
    length += count
  }
  return length
}

function hasChanged(before: BigIntStats, after: BigIntStats): boolean {
  return before.size !== after.size || before.mtimeNs !== after.mtimeNs
}
