import type { Executor } from "../ports/executor.ts"

/**
 * How many attempts an executor wants beyond its slots, for a rank. One that cannot say wants none, and is warned of once: all tasks of the
 * supervisor wait for the answer, those of the other executors too.
 */
export function prefetchOf(
  executor: Executor,
  warn: (message: string, cause?: unknown) => void,
): (rank: number) => number {
  let hasWarned = false
  const refuse = (problem: string, ...cause: readonly unknown[]): number => {
    if (!hasWarned)
      warn(
        `prefetch() of executor ${JSON.stringify(executor.name)} ${problem}; it gets no more than it has slots`,
        ...cause,
      )
    hasWarned = true
    return 0
  }
  return (rank) => {
    try {
      const wanted = executor.prefetch?.(rank) ?? 0
      return wanted >= 0 ? wanted : refuse(`must give 0 or more, and gave ${String(wanted)}`)
    } catch (error) {
      return refuse("threw", error)
    }
  }
}
