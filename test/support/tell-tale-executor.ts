import type { Attempt, Executor } from "tasktor"

/** An executor that tells of each attempt when it is given it: also of one that is given ahead of time, which no fact of its task shows. */
export function tellTale(inner: Executor, told: (attempt: Attempt) => void): Executor {
  return {
    name: inner.name,
    defaultConcurrency: inner.defaultConcurrency,
    force: inner.force,
    open: (host) => inner.open(host),
    check: (definition) => inner.check?.(definition),
    prefetch: (rank) => inner.prefetch?.(rank) ?? 0,
    execute: (attempt) => {
      told(attempt)
      return inner.execute(attempt)
    },
    lend: (attempt, waiting) => inner.lend?.(attempt, waiting),
    close: () => inner.close(),
    stats: () => inner.stats?.() ?? {},
  }
}
