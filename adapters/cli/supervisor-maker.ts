import { createRequire } from "node:module"
import { pathToFileURL } from "node:url"
import type { Supervisor, SupervisorOptions } from "../../runtime/supervisor/supervisor.ts"

/**
 * The module's own tasktor, where it finds one: a call belongs to the copy of the package that made it, and `npx` may have started
 * another copy.
 */
export async function supervisorMaker(moduleUrl: string): Promise<(options: SupervisorOptions) => Supervisor> {
  let preset: string
  try {
    preset = pathToFileURL(createRequire(moduleUrl).resolve("tasktor")).href
  } catch {
    return (await import("../presets/node.ts")).createSupervisor
  }
  const own = (await import(preset)) as { readonly createSupervisor: (options: SupervisorOptions) => Supervisor }
  return own.createSupervisor
}
