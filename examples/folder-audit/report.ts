import { compressionByType, compressionOf, type Compression, type TypeCompression } from "./compression.ts"
import { duplicatesAmong, type DuplicateGroup } from "./duplicates.ts"
import { displayPath } from "./file-path.ts"
import type { AuditedFile, Findings, InspectedFile, UnreadablePath } from "./findings.ts"

/** What an audit has found out: this is the JSON. Bytes are bytes, ratios are compressed by original size. */
export interface Report {
  readonly folder: string
  /** False when it was cancelled: the numbers are of what was done until then. */
  readonly complete: boolean
  readonly seconds: number
  readonly threads: number
  readonly files: number
  readonly bytes: number
  readonly folders: number
  readonly symbolicLinks: number
  readonly specialFiles: number
  readonly kernelFolders: readonly string[]
  readonly measuredFiles: number
  readonly duplicates: {
    readonly groups: number
    readonly files: number
    readonly wastedBytes: number
    readonly largest: readonly DuplicateGroup[]
  }
  readonly compression: Compression & {
    readonly best: readonly TypeCompression[]
    readonly worst: readonly TypeCompression[]
  }
  readonly packages: {
    readonly files: number
    readonly licenses: Readonly<Record<string, number>>
    readonly withoutLicense: number
    readonly invalid: readonly UnreadablePath[]
  }
  readonly sourceMaps: { readonly files: number; readonly sources: number; readonly broken: readonly UnreadablePath[] }
  readonly unreadable: readonly UnreadablePath[]
  /** Every file, where that was asked for. */
  readonly list?: readonly AuditedFile[]
}

export interface ReportFrame {
  readonly folder: string
  readonly complete: boolean
  readonly seconds: number
  readonly threads: number
  readonly withList: boolean
}

const groupsToName = 10
const typesToName = 5

export function reportOf(findings: Findings, { withList, ...frame }: ReportFrame): Report {
  const { listing, files, inspected, unreadable } = findings
  const duplicates = duplicatesAmong(files)
  const types = compressionByType(files)
  return {
    ...frame,
    files: listing?.files.length ?? 0,
    bytes: listing?.files.reduce((sum, file) => sum + file.bytes, 0) ?? 0,
    folders: listing?.folders ?? 0,
    symbolicLinks: listing?.symbolicLinks ?? 0,
    specialFiles: listing?.specialFiles ?? 0,
    kernelFolders: listing?.kernelFolders.map(displayPath) ?? [],
    measuredFiles: files.length,
    duplicates: {
      groups: duplicates.length,
      files: duplicates.reduce((sum, group) => sum + group.paths.length, 0),
      wastedBytes: duplicates.reduce((sum, group) => sum + group.wastedBytes, 0),
      largest: duplicates.slice(0, groupsToName),
    },
    compression: {
      ...compressionOf(files),
      best: types.slice(0, typesToName),
      worst: types.slice(typesToName).slice(-typesToName).toReversed(),
    },
    packages: packagesOf(inspected.filter((file) => file.kind === "package")),
    sourceMaps: sourceMapsOf(inspected.filter((file) => file.kind === "source-map")),
    unreadable,
    ...(withList ? { list: files } : {}),
  }
}

function packagesOf(files: readonly InspectedFile[]): Report["packages"] {
  const licenses = new Map<string, number>()
  let withoutLicense = 0
  for (const { result } of files) {
    if ("broken" in result || result.kind !== "package") continue
    if (result.license === undefined) withoutLicense++
    else licenses.set(result.license, (licenses.get(result.license) ?? 0) + 1)
  }
  const mostFirst = [...licenses].toSorted(([, a], [, b]) => b - a)
  return { files: files.length, licenses: Object.fromEntries(mostFirst), withoutLicense, invalid: brokenAmong(files) }
}

function sourceMapsOf(files: readonly InspectedFile[]): Report["sourceMaps"] {
  const sources = files.reduce((sum, { result }) => sum + ("sources" in result ? result.sources : 0), 0)
  return { files: files.length, sources, broken: brokenAmong(files) }
}

function brokenAmong(files: readonly InspectedFile[]): UnreadablePath[] {
  return files.flatMap(({ path, result }) => ("broken" in result ? [{ path, reason: result.broken }] : []))
}
