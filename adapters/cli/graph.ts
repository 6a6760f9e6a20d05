import type { AnyStateMachine } from "xstate"
import { toConfig } from "../../machines/diagram/config.ts"
import { toMermaid } from "../../machines/diagram/mermaid.ts"
import { journalMachine } from "../../machines/journal/machine.ts"
import { liveGraphMachine } from "../../machines/live-graph/machine.ts"
import { scheduleMachine } from "../../machines/schedule/machine.ts"
import { supervisorMachine } from "../../machines/supervisor/machine.ts"
import { taskMachine } from "../../machines/task/machine.ts"
import { workerMachine } from "../../machines/worker/machine.ts"
import { findMachine } from "./find-machine.ts"
import { importModule } from "./import-module.ts"
import { UsageError } from "./usage-error.ts"

/** tasktor's own machines, by the names that `--machine` takes. */
export const ownMachines = {
  task: taskMachine,
  supervisor: supervisorMachine,
  worker: workerMachine,
  schedule: scheduleMachine,
  journal: journalMachine,
  "live-graph": liveGraphMachine,
} as const

/** How a machine is written down. */
export const formats = ["mermaid", "json", "stately"] as const

export interface GraphRequest {
  /** A path or a package specifier; without one, a machine of tasktor's own. */
  readonly module: string | undefined
  readonly exportName: string | undefined
  readonly format: (typeof formats)[number]
  readonly machine?: keyof typeof ownMachines | undefined
}

/** Carries out `tasktor graph`: the text that stdout gets. */
export async function graph({ module, exportName, format, machine }: GraphRequest): Promise<string> {
  if (module === undefined) return draw(ownMachines[machine ?? "task"], format)
  if (machine !== undefined) {
    throw new UsageError(`Cannot draw ${module}: --machine names one of tasktor's own machines; leave out one of them`)
  }
  const { exports } = await importModule(module, process.cwd())
  return draw(findMachine(exports, exportName, module), format)
}

export function draw(machine: AnyStateMachine, format: GraphRequest["format"]): string {
  switch (format) {
    case "mermaid":
      return toMermaid(machine)
    case "json":
      return `${JSON.stringify(toConfig(machine), null, 2)}\n`
    // Stately's editor imports code: https://stately.ai/docs/import-from-code
    case "stately":
      return `import { createMachine } from "xstate"\n\nexport const machine = createMachine(${JSON.stringify(toConfig(machine), null, 2)})\n`
  }
}
