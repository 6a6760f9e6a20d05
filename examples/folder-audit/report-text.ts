import type { TypeCompression } from "./compression.ts"
import { displayText } from "./file-path.ts"
import type { UnreadablePath } from "./findings.ts"
import type { Report } from "./report.ts"

/** So many paths of a kind are named; the JSON has all of them. */
const pathsToName = 10
const licensesToName = 8
const groupsToName = 5

/** The report for people. Paths below the folder are escaped in it already; licences and reasons stand in it as strangers wrote them. */
export function reportText(report: Report): string {
  const sections = [
    head(report),
    duplicates(report),
    compression(report),
    packages(report),
    sourceMaps(report),
    unreadable(report),
  ]
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join("\n")}\n`)
    .join("\n")
}

function head(report: Report): string[] {
  const { files, measuredFiles } = report
  const lines = [`Audit of ${displayText(report.folder)}${report.complete ? "" : "  (INCOMPLETE: it was cancelled)"}`]
  lines.push(`  ${many(files, "file")}, ${bytesText(report.bytes)}, in ${many(report.folders, "folder")}`)
  if (measuredFiles < files) lines.push(`  ${count(measuredFiles)} of them measured: what follows is about those`)
  if (report.symbolicLinks > 0) lines.push(`  ${many(report.symbolicLinks, "symbolic link")}, not followed`)
  if (report.specialFiles > 0)
    lines.push(`  ${many(report.specialFiles, "special file")} (FIFOs, sockets, devices), not opened`)
  if (report.kernelFolders.length > 0) lines.push(`  not entered, the kernel's: ${report.kernelFolders.join(", ")}`)
  lines.push(`  took ${report.seconds.toFixed(1)} s with ${many(report.threads, "thread")}`)
  return lines
}

function duplicates({ duplicates: { groups, files, wastedBytes, largest } }: Report): string[] {
  if (groups === 0) return ["Duplicates: none"]
  const lines = [`Duplicates: ${many(files, "file")} in ${many(groups, "group")} waste ${bytesText(wastedBytes)}`]
  for (const { paths, bytes } of largest.slice(0, groupsToName)) {
    const [first = "", second = "", ...others] = paths
    lines.push(
      `  ${count(paths.length).padStart(3)} × ${bytesText(bytes).padEnd(9)} ${first}`,
      `${" ".repeat(17)}${second}`,
    )
    if (others.length > 0) lines.push(`${" ".repeat(17)}and ${count(others.length)} more`)
  }
  return lines
}

function compression({ compression: { files, bytes, gzipBytes, ratio, best, worst } }: Report): string[] {
  if (files === 0) return []
  return [
    `Compressibility: gzip -6 makes ${bytesText(gzipBytes)} of ${bytesText(bytes)} (${percent(ratio)})`,
    ...best.map((type) => typeLine("best ", type)),
    ...worst.map((type) => typeLine("worst", type)),
  ]
}

function typeLine(which: string, { type, files, bytes, ratio }: TypeCompression): string {
  return `  ${which} ${percent(ratio).padStart(7)}  ${(type || "(no ending)").padEnd(12)} ${many(files, "file")}, ${bytesText(bytes)}`
}

function packages({ packages: { files, licenses, withoutLicense, invalid } }: Report): string[] {
  if (files === 0) return []
  const names = Object.entries(licenses)
  const named = names
    .slice(0, licensesToName)
    .map(([license, packagesOfIt]) => `${displayText(license)} ${count(packagesOfIt)}`)
  if (names.length > licensesToName) named.push(`${count(names.length - licensesToName)} other licences`)
  if (withoutLicense > 0) named.push(`none ${count(withoutLicense)}`)
  return [
    `package.json: ${many(files, "file")}, ${count(invalid.length)} invalid`,
    `  licences: ${named.join(", ")}`,
    ...pathLines(invalid),
  ]
}

function sourceMaps({ sourceMaps: { files, sources, broken } }: Report): string[] {
  if (files === 0) return []
  return [
    `Source maps: ${many(files, "file")} of ${many(sources, "source")}, ${count(broken.length)} broken`,
    ...pathLines(broken),
  ]
}

function unreadable({ unreadable: paths }: Report): string[] {
  return paths.length === 0 ? ["Unreadable: none"] : [`Unreadable: ${many(paths.length, "path")}`, ...pathLines(paths)]
}

function pathLines(paths: readonly UnreadablePath[]): string[] {
  const lines = paths.slice(0, pathsToName).map(({ path, reason }) => `  ${path}: ${displayText(reason)}`)
  return paths.length > pathsToName ? [...lines, `  and ${count(paths.length - pathsToName)} more`] : lines
}

function many(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? "" : "s"}`
}

function count(value: number): string {
  return value.toLocaleString("en")
}

function percent(ratio: number): string {
  return `${(ratio * 100).toFixed(1)} %`
}

/** In the units of disks: 1 kB is 1000 bytes. */
function bytesText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  const units = ["kB", "MB", "GB", "TB", "PB"]
  let value = bytes
  let unit = -1
  do {
    value /= 1000
    unit++
  } while (value >= 999.95 && unit < units.length - 1)
  return `${value.toFixed(1)} ${units[unit]}`
}
