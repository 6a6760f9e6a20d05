import { existsSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll } from "vitest"

/** Paths in a folder that goes when the file's tests have ended. In memory where the system has that: nothing here waits for a disk. */
export function temporaryFolder(): { readonly folder: string; path(name?: string): string } {
  const folder = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "tasktor-"))
  afterAll(() => rmSync(folder, { recursive: true }))
  let count = 0
  return { folder, path: (name = `${count++}.db`) => join(folder, name) }
}
