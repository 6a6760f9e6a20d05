/**
 * Builds the package into `dist/`: tsc for the TypeScript, a copy for the plain JavaScript that lives beside it, one file for the
 * inspector's page.
 * `--if-stale` does nothing when `dist/` is newer than every source.
 */
import { spawnSync } from "node:child_process"
import { cpSync, existsSync, globSync, renameSync, rmSync, statSync, utimesSync } from "node:fs"
import { join } from "node:path"
import { buildInspectorPage } from "./build-inspector-page.ts"

const rooms = "{machines,runtime,adapters}"
const ifStale = process.argv.includes("--if-stale")
if (!ifStale || isStale()) await build()

function isStale(): boolean {
  if (!existsSync("dist")) return true
  const built = statSync("dist").mtimeMs
  // folders too: deleting a file touches only its folder
  return globSync([`${rooms}/**`, "package.json", "tsconfig*.json"]).some((path) => statSync(path).mtimeMs > built)
}

async function build(): Promise<void> {
  const startedAt = new Date()
  const fresh = `.dist-${process.pid}`
  const tsc = spawnSync(
    process.execPath,
    ["node_modules/typescript/bin/tsc", "-p", "tsconfig.build.json", "--outDir", fresh],
    {
      stdio: "inherit",
    },
  )
  if (tsc.status !== 0) {
    rmSync(fresh, { recursive: true, force: true })
    process.exit(1)
  }
  for (const file of globSync(`${rooms}/**/*.{js,d.ts}`)) cpSync(file, join(fresh, file))
  await buildInspectorPage(fresh)
  // so that a file saved while tsc was running counts as newer
  utimesSync(fresh, startedAt, startedAt)
  replaceDist(fresh)
}

/** By renaming, so that a process which runs from `dist/` never finds it half built. */
function replaceDist(fresh: string): void {
  const old = `${fresh}-old`
  if (existsSync("dist")) renameSync("dist", old)
  renameSync(fresh, "dist")
  rmSync(old, { recursive: true, force: true })
}
