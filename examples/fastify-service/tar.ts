/** A file in a tar archive, and where its bytes are. */
export interface Entry {
  readonly path: string
  readonly offset: number
  readonly bytes: number
}

const block = 512
// Each file becomes a task, and each name stands in the manifest: nobody's archive is to have so many of them that others wait.
const mostFiles = 10_000
const longestName = 4096
const mostOfNames = 2 ** 20

/**
 * The regular files of a tar archive, in its order; folders, links and devices are passed over. Source: POSIX.1-2017, pax; and GNU's `L` for
 * long names.
 *
 * @throws Error for what is no such archive, for a name that leads out of it, and for too many files or too long names.
 */
export function entriesOf(archive: Buffer): Entry[] {
  const entries: Entry[] = []
  let longPath: string | undefined
  let charactersOfNames = 0
  for (let at = 0; at + block <= archive.length;) {
    const header = archive.subarray(at, at + block)
    if (header.every((byte) => byte === 0)) return entries
    if (number(header, 148, 8) !== checksumOf(header))
      throw new Error(`not a tar archive: wrong checksum at byte ${at}`)
    const bytes = number(header, 124, 12)
    // Not below 0 either: such a file would end before it begins, and the archive never.
    if (!(bytes >= 0)) throw new Error(`not a tar archive: wrong size at byte ${at}`)
    const offset = at + block
    if (offset + bytes > archive.length) throw new Error(`cut off: ${bytes} bytes are missing at byte ${offset}`)
    const content = archive.subarray(offset, offset + bytes)
    const type = text(header, 156, 1)
    if (type === "x") longPath = paxPath(content) ?? longPath
    else if (type === "L") longPath = text(content, 0, bytes)
    else {
      if (type === "0" || type === "") {
        const path = safe(longPath ?? pathIn(header))
        charactersOfNames += path.length
        entries.push({ path, offset, bytes })
      }
      if (entries.length > mostFiles) throw new Error(`too many files: more than ${mostFiles}`)
      if (charactersOfNames > mostOfNames)
        throw new Error(`too long names: more than ${mostOfNames} characters altogether`)
      longPath = undefined
    }
    at = offset + Math.ceil(bytes / block) * block
  }
  throw new Error("cut off: its end is missing")
}

function safe(path: string): string {
  if (path.length > longestName)
    throw new Error(`too long a name: ${path.length} characters, starting with ${path.slice(0, 40)}`)
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
