import { readlinkSync, realpathSync } from "node:fs"
import { basename, dirname, join, resolve } from "node:path"
import { fileURLToPath } from "node:url"
import { show } from "../../../runtime/failure/show.ts"

/**
 * The one path by which a file is known, whatever it was called: of a relative one, of a link, and of one that is still to be made.
 *
 * @throws TypeError for what is no path.
 */
export function storePath(path: string | URL, action: string): string {
  const given = path instanceof URL ? fileURLToPath(path) : path
  if (typeof given !== "string" || given === "" || given === ":memory:" || given.startsWith("file:")) {
    throw new TypeError(
      `${action}: its path must be that of a file, current value is ${show(given)}; for a store without one there is memoryStore()`,
    )
  }
  return followed(resolve(given), 0)
}

/** As SQLite does it, which keeps its other files beside the real one. */
function followed(path: string, links: number): string {
  try {
    return realpathSync(path)
  } catch {
    const target = links < 40 ? linkAt(path) : undefined
    if (target !== undefined) return followed(resolve(dirname(path), target), links + 1)
    try {
      return join(realpathSync(dirname(path)), basename(path))
    } catch {
      return path // its folder is missing: opening says so
    }
  }
}

function linkAt(path: string): string | undefined {
  try {
    return readlinkSync(path)
  } catch {
    return undefined
  }
}
