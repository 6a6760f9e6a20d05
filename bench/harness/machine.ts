import { readFileSync } from "node:fs"
import { availableParallelism, cpus, loadavg } from "node:os"

/** What the numbers depend on: processor, cores, Node, the load at the moment of asking. */
export function machineLine(): string {
  const load = loadavg().map((value) => value.toFixed(2))
  return `${processor()}, ${availableParallelism()} cores, Node ${process.version}, load average ${load.join(" ")}`
}

function processor(): string {
  return cpus()[0]?.model.trim() ?? "unknown processor"
}

/** The version that is installed here. */
export function installedVersion(library: string): string {
  const manifest = new URL(`../../node_modules/${library}/package.json`, import.meta.url)
  const { version } = JSON.parse(readFileSync(manifest, "utf8")) as { readonly version: string }
  return version
}
