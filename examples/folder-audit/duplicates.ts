import type { AuditedFile } from "./findings.ts"

export interface DuplicateGroup {
  readonly sha256: string
  /** Of each of them. */
  readonly bytes: number
  /** What keeping one of them would save; names of one file (hard links) cost nothing. */
  readonly wastedBytes: number
  readonly paths: readonly string[]
}

/** Files with the same content, the most wasteful first. Empty files waste nothing and are left out. */
export function duplicatesAmong(files: readonly AuditedFile[]): DuplicateGroup[] {
  const byContent = Map.groupBy(
    files.filter((file) => file.bytes > 0),
    (file) => file.sha256,
  )
  const groups: DuplicateGroup[] = []
  for (const [sha256, same] of byContent) {
    const [{ bytes } = { bytes: 0 }] = same
    const copies = new Set(same.map((file) => file.inode ?? file.path)).size
    if (copies < 2) continue
    groups.push({ sha256, bytes, wastedBytes: bytes * (copies - 1), paths: same.map((file) => file.path).toSorted() })
  }
  return groups.toSorted((a, b) => b.wastedBytes - a.wastedBytes || compare(a.paths[0] ?? "", b.paths[0] ?? ""))
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
