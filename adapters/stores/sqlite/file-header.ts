import { closeSync, openSync, readSync } from "node:fs"

const magic = "SQLite format 3\0"
/** Where a database says whose it is. Source: https://sqlite.org/fileformat2.html, "The Database Header". */
const applicationOffset = 68

export interface FileHeader {
  readonly kind: "new" | "database" | "other"
  /** The application id of a database; 0 where it says none. */
  readonly application: number
}

/** What a file is, by its first bytes: told without SQLite, which would create it, call it empty, or tidy it up. */
export function fileHeader(path: string): FileHeader {
  let file: number
  try {
    file = openSync(path, "r")
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return { kind: "new", application: 0 }
    throw error
  }
  try {
    const bytes = Buffer.alloc(applicationOffset + 4)
    const length = readSync(file, bytes)
    if (length === 0) return { kind: "new", application: 0 }
    const isDatabase = bytes.toString("latin1", 0, magic.length) === magic
    return { kind: isDatabase ? "database" : "other", application: bytes.readInt32BE(applicationOffset) }
  } finally {
    closeSync(file)
  }
}
