import { closeSync, openSync, rmSync } from "node:fs"
import { dirname } from "node:path"
import { StoreError, type StoreProblem } from "../../../runtime/failure/store-error.ts"

/** The numbers of SQLite's results (https://sqlite.org/rescode.html), of which the lower byte is the kind. */
const kinds = {
  error: 1,
  busy: 5,
  locked: 6,
  readOnly: 8,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  noDatabase: 26,
} as const

/** What to do with a file that is damaged. It is never changed, so that whatever can be read of it still can be. */
export const rescue = (path: string): string =>
  `it is left as it is: restore a backup, or read what can be read with sqlite3 ${JSON.stringify(path)} .recover`

/** What SQLite said, as a StoreError that tells what to do. */
export function toStoreError(error: unknown, action: string, path: string): StoreError {
  if (error instanceof StoreError) return error
  const code = codeOf(error)
  const said = error instanceof Error ? error.message : String(error)
  const [problem, fact] = judge(code === undefined ? undefined : code & 0xff, said, path)
  return new StoreError(problem, `${action} ${JSON.stringify(path)}: ${fact}`, { cause: error })
}

export function isBusy(error: unknown): boolean {
  return ((codeOf(error) ?? 0) & 0xff) === kinds.busy
}

export function isNoDatabase(error: unknown): boolean {
  return ((codeOf(error) ?? 0) & 0xff) === kinds.noDatabase
}

function judge(kind: number | undefined, said: string, path: string): readonly [StoreProblem, string] {
  switch (kind) {
    case kinds.full:
      return ["full", "there is no room left on its disk; make room, and what is waiting is written"]
    case kinds.readOnly:
      return ["read-only", `the file cannot be written to (${said}); allow this program to write it`]
    case kinds.corrupt:
    case kinds.noDatabase:
      return ["corrupt", `the file is damaged (${said}); ${rescue(path)}`]
    case kinds.busy:
    case kinds.locked:
      return ["io", `another program has held it locked for seconds (${said}); end its transaction`]
    case kinds.cannotOpen:
      return judgeFolder(path, said)
    default:
      return ["io", `${said}; look at the disk and at the rights of the file`]
  }
}

/**
 * "Unable to open" may mean the file, or what is kept beside it: the system's own word is asked for, with a file of its own, because opening
 * one of the store's may cost this process its locks.
 */
function judgeFolder(path: string, said: string): readonly [StoreProblem, string] {
  const folder = JSON.stringify(dirname(path))
  const probe = `${path}-probe-${process.pid}`
  try {
    closeSync(openSync(probe, "wx"))
    rmSync(probe)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === "ENOENT") return ["io", `there is no folder ${folder}; make it first`]
    if (code === "EACCES" || code === "EPERM" || code === "EROFS") {
      return [
        "read-only",
        `nothing can be written in the folder ${folder} (${code}); SQLite keeps files beside its own`,
      ]
    }
  }
  return ["io", `${said}; look at the rights of the file, and whether it is one`]
}

function codeOf(error: unknown): number | undefined {
  const code = (error as { readonly errcode?: unknown } | null)?.errcode
  return typeof code === "number" ? code : undefined
}
