import type { AnyTaskDefinition } from "../../../runtime/definition/definition.ts"

/**
 * Where a worker finds a definition, and a supervisor that of a child which comes from a worker.
 *
 * @throws TypeError for one that has no module.
 */
export function moduleOf({ taskName, module }: AnyTaskDefinition): string {
  if (module !== undefined) return module
  throw new TypeError(
    `Cannot run task ${JSON.stringify(taskName)} in a worker or from one: its definition has no module; add "module: import.meta.url" to defineTask and export it from that file`,
  )
}
