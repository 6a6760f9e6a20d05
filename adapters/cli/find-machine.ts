import type { AnyStateMachine } from "xstate"
import { taskMachine } from "../../machines/task/machine.ts"
import { UsageError } from "./usage-error.ts"

/**
 * The machine that is meant: the module's export of that name, or its only one. What has a machine of its own (a pipeline) stands for it, a
 * task for the machine of all tasks.
 */
export function findMachine(
  module: Readonly<Record<string, unknown>>,
  name: string | undefined,
  where: string,
): AnyStateMachine {
  const found = Object.entries(module).flatMap(([exportName, value]) => {
    const machine = machineOf(value)
    return machine === undefined ? [] : [{ exportName, value, machine }]
  })
  if (name !== undefined) {
    const meant =
      found.find(({ exportName }) => exportName === name) ?? found.find(({ value }) => taskNameOf(value) === name)
    if (meant !== undefined) return meant.machine
  }
  const names = found.map(({ exportName }) => exportName).join(", ")
  const [first] = found
  if (first === undefined) {
    throw new UsageError(
      `Cannot draw ${where}: it exports no machine, pipeline or task; export one, as in export const light = createMachine({ … })`,
    )
  }
  if (name !== undefined) {
    throw new UsageError(
      `Cannot draw ${JSON.stringify(name)}: ${where} exports nothing of that name to draw; it exports ${names}`,
    )
  }
  if (new Set(found.map(({ value }) => value)).size === 1) return first.machine
  throw new UsageError(`Cannot draw ${where}: it exports several machines; name one of ${names}`)
}

function machineOf(value: unknown): AnyStateMachine | undefined {
  if (isMachine(value)) return value
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return undefined
  if ("machine" in value && isMachine(value.machine)) return value.machine
  return taskNameOf(value) === undefined ? undefined : taskMachine
}

/** By its shape: the module may have a copy of XState of its own. */
function isMachine(value: unknown): value is AnyStateMachine {
  if (typeof value !== "object" || value === null || !("root" in value) || !("config" in value)) return false
  const { root } = value
  return typeof root === "object" && root !== null && "states" in root && "transitions" in root && "path" in root
}

function taskNameOf(value: unknown): string | undefined {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return undefined
  return "taskName" in value && typeof value.taskName === "string" ? value.taskName : undefined
}
