import { createRequire } from "node:module"
import { pathToFileURL } from "node:url"
import type { Store } from "../../runtime/ports/store.ts"
import type { Supervisor, SupervisorOptions } from "../../runtime/supervisor/supervisor.ts"

/**
 * The module's own tasktor, where it finds one: a call belongs to the copy of the package that made it, and `npx` may have started
 * another copy.
 */
export async function supervisorMaker(moduleUrl: string): Promise<(options: SupervisorOptions) => Supervisor> {
  const own = await importOwn<{ readonly createSupervisor: (options: SupervisorOptions) => Supervisor }>(
    moduleUrl,
    "tasktor",
  )
  return (own ?? (await import("../presets/node.ts"))).createSupervisor
}

/** The store of that same copy. */
export async function storeMaker(moduleUrl: string): Promise<(path: string) => Store> {
  const own = await importOwn<{ readonly sqliteStore: (path: string) => Store }>(moduleUrl, "tasktor/sqlite")
  return (own ?? (await import("../stores/sqlite/sqlite-store.ts"))).sqliteStore
}

async function importOwn<Exports>(moduleUrl: string, specifier: string): Promise<Exports | undefined> {
  let path: string
  try {
    path = createRequire(moduleUrl).resolve(specifier)
  } catch {
    return undefined
  }
  return (await import(pathToFileURL(path).href)) as Exports
}
