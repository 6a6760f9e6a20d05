import type { Supervisor } from "../../runtime/supervisor/supervisor.ts"
import { exportedTasks } from "./find-task.ts"

/** The supervisor that is meant: the export of that name, or without a name the only one of a module that exports no task. */
export function findSupervisor(
  module: Readonly<Record<string, unknown>>,
  name: string | undefined,
): Supervisor | undefined {
  if (name !== undefined) {
    const value = module[name]
    return isSupervisor(value) ? value : undefined
  }
  const found = new Set(Object.values(module).filter(isSupervisor))
  const [first] = found
  return found.size === 1 && exportedTasks(module).length === 0 ? first : undefined
}

/** By its shape: the module may have a copy of tasktor of its own. */
export function isSupervisor(value: unknown): value is Supervisor {
  if (typeof value !== "object" || value === null) return false
  return ["actor", "inspect", "run", "shutdown", "onFact"].every((name) => name in value)
}
