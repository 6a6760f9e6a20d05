import type { Executor } from "../../../runtime/ports/executor.ts"

/**
 * The same executor under a second name, as "thread" is "web-worker" in a browser: its workers and its limit are those of the
 * first, which must belong to the same supervisor. Each name has slots of its own: `concurrency: { thread: 1 }` lets one task at a
 * time call itself a thread's.
 */
export function alsoNamed(name: string, executor: Executor): Executor {
  return {
    name,
    defaultConcurrency: executor.defaultConcurrency,
    force: executor.force,
    // It is opened and closed under its own name.
    open: () => {},
    close: () => Promise.resolve(),
    check: (definition) => executor.check?.(definition),
    prefetch: (rank) => executor.prefetch?.(rank) ?? 0,
    execute: (attempt) => executor.execute(attempt),
    lend: (attempt, waiting) => executor.lend?.(attempt, waiting),
    stats: () => ({ sameAs: executor.name }),
  }
}
