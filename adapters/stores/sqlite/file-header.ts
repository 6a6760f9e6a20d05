import { closeSync, openSync, readSync } from "node:fs"

const magic = "SQLite format 3\0"

/** What a file is, by its first bytes: told without SQLite, which would create it, or call it empty. */
export function fileKind(path: string): "new" | "database" | "other" {
  let file: number
  try {
    file = openSync(path, "r")
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "new"
    throw error
  }
  try {
    const bytes = Buffer.alloc(magic.length)
    const length = readSync(file, bytes)
    if (length === 0) return "new"
    return bytes.toString("latin1", 0, length) === magic ? "database" : "other"
  } finally {
    closeSync(file)
  }
}
