import type { AuditedFile } from "./findings.ts"

export interface Compression {
  readonly files: number
  readonly bytes: number
  readonly gzipBytes: number
  /** Compressed by original size: 0.25 is a quarter, more than 1 has grown. 1 for nothing. */
  readonly ratio: number
}

export interface TypeCompression extends Compression {
  /** The ending in lower case, with its dot; "" for names without one. */
  readonly type: string
}

export function compressionOf(files: readonly AuditedFile[]): Compression {
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0)
  const gzipBytes = files.reduce((sum, file) => sum + file.gzipBytes, 0)
  return { files: files.length, bytes, gzipBytes, ratio: bytes === 0 ? 1 : gzipBytes / bytes }
}

/** By type, the best first. Types with next to no bytes tell nothing: they need a thousandth of all bytes to count. */
export function compressionByType(files: readonly AuditedFile[]): TypeCompression[] {
  const least = compressionOf(files).bytes / 1000
  return [...Map.groupBy(files, (file) => typeOf(file.path))]
    .map(([type, same]) => Object.assign(compressionOf(same), { type }))
    .filter(({ bytes }) => bytes > least)
    .toSorted((a, b) => a.ratio - b.ratio)
}

function typeOf(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1)
  const dot = name.lastIndexOf(".")
  return dot <= 0 ? "" : name.slice(dot).toLowerCase()
}
