/** A file in a tar archive, and where its bytes are. */
export interface Entry {
  readonly path: string
  readonly offset: number
  readonly bytes: number
}

const block = 512

/**
 * The regular files of a tar archive, in its order; folders, links and devices are passed over. Source: POSIX.1-2017, pax; and GNU's `L` for
 * long names.
 *
 * @throws Error for what is no such archive, and for a name that leads out of it.
 */
export function entriesOf(archive: Buffer): Entry[] {
  const entries: Entry[] = []
  let longPath: string | undefined
  for (let at = 0; at + block <= archive.length;) {
    const header = archive.subarray(at, at + block)
    if (header.every((byte) => byte === 0)) return entries
    if (number(header, 148, 8) !== checksumOf(header))
      throw new Error(`not a tar archive: wrong checksum at byte ${at}`)
    const bytes = number(header, 124, 12)
    const offset = at + block
    if (offset + bytes > archive.length) throw new Error(`cut off: ${bytes} bytes are missing at byte ${offset}`)
    const content = archive.subarray(offset, offset + bytes)
    const type = text(header, 156, 1)
    if (type === "x") longPath = paxPath(content) ?? longPath
    else if (type === "L") longPath = text(content, 0, bytes)
    else {
      if (type === "0" || type === "") entries.push({ path: safe(longPath ?? pathIn(header)), offset, bytes })
      longPath = undefined
    }
    at = offset + Math.ceil(bytes / block) * block
  }
  throw new Error("cut off: its end is missing")
}

function safe(path: string): string {
  if (path.startsWith("/") || path.split("/").includes("..")) throw new Error(`leads out of the archive: ${path}`)
  return path
}

function pathIn(header: Buffer): string {
  const prefix = text(header, 257, 5) === "ustar" ? text(header, 345, 155) : ""
  return prefix === "" ? text(header, 0, 100) : `${prefix}/${text(header, 0, 100)}`
}

/** Of records such as `30 path=folder/name\n`. */
function paxPath(records: Buffer): string | undefined {
  return /(?:^|\n)\d+ path=([^\n]*)\n/.exec(records.toString("utf8"))?.[1]
}

/** The sum of all bytes, where those of the checksum itself count as blanks. */
function checksumOf(header: Buffer): number {
  return header.reduce((sum, byte, at) => sum + (at >= 148 && at < 156 ? 32 : byte), 0)
}

function number(header: Buffer, at: number, length: number): number {
  return Number.parseInt(text(header, at, length).trim() || "0", 8)
}

function text(bytes: Buffer, at: number, length: number): string {
  const field = bytes.subarray(at, at + length)
  const end = field.indexOf(0)
  return field.toString("utf8", 0, end < 0 ? length : end)
}
