import type { AnyTaskDefinition } from "./definition.ts"

/** In place of a definition that this program does not have, or does not need. */
export function absentDefinition(taskName: string, module?: string): AnyTaskDefinition {
  return {
    taskName,
    settings: {},
    module,
    input: undefined,
    output: undefined,
    body: () => {
      throw new TypeError(`Cannot run task ${JSON.stringify(taskName)}: this program has no definition of that name`)
    },
  }
}
