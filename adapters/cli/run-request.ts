import type { ExecutorName, TaskKey } from "../../machines/task/snapshot.ts"
import type { RunOptions } from "../../runtime/task/run-options.ts"

/** How `tasktor run` tells what happens: the terminal view, the ordered stream as JSON lines, or nothing but the output. */
export type Telling = "view" | "json" | "quiet"

/** The options of `tasktor run`, as commander collects them. */
export interface RunFlags {
  readonly args?: readonly unknown[]
  readonly executor?: ExecutorName
  readonly key?: TaskKey
  readonly timeout?: number
  readonly retry?: number
  readonly concurrency?: Readonly<Record<string, number>>
  readonly json?: boolean
  readonly quiet?: boolean
  readonly verbose?: boolean
}

export interface RunRequest {
  /** A path or a package specifier. */
  readonly module: string
  /** The task's name, where there is need of one, and its arguments. */
  readonly words: readonly string[]
  readonly flags: RunFlags
}

export function tellingOf({ json, quiet }: RunFlags): Telling {
  return json ? "json" : quiet ? "quiet" : "view"
}

/** What the flags change of the task's own settings. */
export function runOptionsOf({ executor, key, timeout, retry }: RunFlags): RunOptions {
  return {
    ...(executor === undefined ? {} : { executor }),
    ...(key === undefined ? {} : { key }),
    ...(timeout === undefined ? {} : { timeout: { hard: timeout } }),
    ...(retry === undefined ? {} : { retry: { maxAttempts: retry + 1 } }),
  }
}
