import { spin } from "../workers/bodies.ts"

const trials = 30

/**
 * The turns of `spin` that take a millisecond when nothing disturbs them: the best of several trials of some 15 ms. The CPU
 * clock of a thread would be the better measure, but Linux brings it up to date only every few milliseconds.
 */
export function turnsPerMillisecond(): number {
  const turns = 10_000_000
  let best = Infinity
  for (let trial = 0; trial < trials; trial += 1) {
    const start = performance.now()
    spin(turns)
    best = Math.min(best, performance.now() - start)
  }
  return Math.round(turns / best)
}
