import type { Supervisor } from "../../runtime/supervisor/supervisor.ts"
import { argumentOf } from "./arguments.ts"
import type { Runnable } from "./find-task.ts"
import { UsageError } from "./usage-error.ts"

/**
 * What a supervisor is given to run.
 *
 * @param listed The value of `--args`.
 */
export function callOf(
  runnable: Runnable,
  words: readonly string[],
  listed: readonly unknown[] | undefined,
): Parameters<Supervisor["run"]>[0] {
  const args = listed ?? words.map(argumentOf)
  if (listed !== undefined && words.length > 0) {
    throw new UsageError(
      `Cannot run: there are arguments in --args and beside it (${words.join(" ")}); give one of them`,
    )
  }
  if (runnable.type === "definition") return runnable.definition(...args)
  if (args.length === 0) return runnable.call
  throw new UsageError(
    `Cannot run ${JSON.stringify(runnable.call.taskName)}: it is a call that has its arguments; leave out ${words.join(" ")}`,
  )
}
