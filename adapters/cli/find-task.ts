import type { TaskCall, TaskDefinition } from "../../runtime/definition/definition.ts"
import { UsageError } from "./usage-error.ts"

type Definition = TaskDefinition<string, readonly unknown[], unknown, Record<string, unknown>>
type Call = TaskCall<unknown>

/** What `tasktor run` can run: a definition that still takes arguments, or a call that has them. */
export type Runnable =
  | { readonly type: "definition"; readonly definition: Definition }
  | { readonly type: "call"; readonly call: Call }

interface Exported {
  readonly exportName: string
  readonly taskName: string
  readonly runnable: Runnable
}

/**
 * The task that is meant, and what is left of the words after the module's name. The first word is the task's name where it is
 * one; a module with a single task needs none.
 */
export function findTask(
  module: Readonly<Record<string, unknown>>,
  words: readonly string[],
  where: string,
): { readonly runnable: Runnable; readonly args: readonly string[] } {
  const tasks = exportedTasks(module)
  const [name, ...rest] = words
  const meant = tasks.find((task) => task.exportName === name) ?? tasks.find((task) => task.taskName === name)
  if (meant !== undefined) return { runnable: meant.runnable, args: rest }
  const [first, second] = tasks
  if (first === undefined) {
    throw new UsageError(
      `Cannot run ${where}: it exports no task; export one, as in export const hello = defineTask({ … })`,
    )
  }
  if (second === undefined) return { runnable: first.runnable, args: words }
  const names = tasks.map(nameOf).join(", ")
  if (name === undefined) throw new UsageError(`Cannot run ${where}: it exports several tasks; name one of ${names}`)
  throw new UsageError(`Cannot run ${JSON.stringify(name)}: ${where} exports no task of that name; it exports ${names}`)
}

/** Each task once, under the first of its names. */
export function exportedTasks(module: Readonly<Record<string, unknown>>): readonly Exported[] {
  const tasks = new Map<unknown, Exported>()
  for (const [exportName, value] of Object.entries(module)) {
    const runnable = runnableOf(value)
    if (runnable === undefined || tasks.has(value)) continue
    tasks.set(value, { exportName, taskName: (value as { taskName: string }).taskName, runnable })
  }
  return [...tasks.values()]
}

function runnableOf(value: unknown): Runnable | undefined {
  if ((typeof value !== "function" && typeof value !== "object") || value === null) return undefined
  if (!("taskName" in value) || typeof value.taskName !== "string") return undefined
  if (typeof value === "function") return { type: "definition", definition: value as unknown as Definition }
  return "args" in value && Array.isArray(value.args) ? { type: "call", call: value as unknown as Call } : undefined
}

function nameOf(task: Exported): string {
  return task.exportName === task.taskName ? task.exportName : `${task.exportName} (${JSON.stringify(task.taskName)})`
}
