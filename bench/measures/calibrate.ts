import { median } from "../harness/statistics.ts"
import { spin } from "../workers/bodies.ts"

/** The turns of `spin` that take a millisecond of CPU time here, warmed up, median of several. */
export function turnsPerMillisecond(): number {
  const trial = 10_000_000
  const microseconds = Array.from({ length: 8 }, () => spin(trial)).slice(2)
  return Math.round((trial * 1000) / median(microseconds))
}
