import type { Held } from "../workers/bodies.ts"

/** What became of a long body and the short ones that were submitted around it. */
export interface Fate {
  /** Milliseconds from the first submit to the last result. */
  readonly wall: number
  /** The same for two workers that always take the oldest waiting body, without a moment between two. */
  readonly ideal: number
  /** Short bodies that still had to run on the long one's worker after it, although the other worker stood idle meanwhile. */
  readonly heldUp: number
  /** The longest time without work of the other worker while such bodies waited, in milliseconds. */
  readonly longestIdle: number
}

/** Two bodies in succession have a moment between them, in which the next one comes over. An idle worker has more. */
const idleMilliseconds = 2

export function fateOf(submittedAt: number, runs: readonly Held[], long: Held): Fate {
  const end = Math.max(...runs.map((run) => run.end))
  const others = runs.filter(({ worker }) => worker !== long.worker).toSorted((a, b) => a.start - b.start)
  const behind = runs.filter(({ worker, start }) => worker === long.worker && start >= long.end)
  const idle = longestGap(others, long.start, long.end)
  return {
    wall: end - submittedAt,
    ideal: idealWall(runs.map((run) => run.end - run.start)),
    heldUp: idle > idleMilliseconds ? behind.length : 0,
    longestIdle: behind.length === 0 ? 0 : idle,
  }
}

/** The longest time without a run between two instants. */
function longestGap(runs: readonly Held[], from: number, to: number): number {
  let longest = 0
  let free = from
  for (const { start, end } of runs) {
    if (end <= from) continue
    if (start >= to) break
    longest = Math.max(longest, start - free)
    free = end
  }
  return Math.max(longest, to - free)
}

function idealWall(durations: readonly number[]): number {
  const freeAt = [0, 0]
  for (const duration of durations) {
    const first = freeAt[0]! <= freeAt[1]! ? 0 : 1
    freeAt[first] = freeAt[first]! + duration
  }
  return Math.max(...freeAt)
}
