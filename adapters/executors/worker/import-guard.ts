/**
 * A worker imports the module of its task, and with it whatever that module does at its top level. If that is the main
 * program, it would submit its tasks again inside the worker, which would start workers, and so on for ever.
 */
const shared = globalThis as { [key: symbol]: number | undefined }
const key = Symbol.for("tasktor.importing")

/** Runs `load` with this thread known to be importing a task's module. */
export async function whileImporting<Value>(load: () => Promise<Value>): Promise<Value> {
  shared[key] = (shared[key] ?? 0) + 1
  try {
    return await load()
  } finally {
    shared[key] = (shared[key] ?? 1) - 1
  }
}

/** Throws where a worker would be started from the top level of a module that a worker imports. */
export function forbidWorkersWhileImporting(): void {
  if ((shared[key] ?? 0) === 0) return
  throw new Error(
    "Cannot start a worker while a worker imports the module of its task: that module runs tasks at its top level; define the tasks in a module of their own, apart from the program that runs them",
  )
}
