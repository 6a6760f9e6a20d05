import type { Clock } from "../ports/clock.ts"

// By the very object: one that is made of another one may be set, though it goes as that does.
const steady = new WeakSet<Clock>()

/** Its wall clock and its monotonic one never move apart: nobody need look whether the first has jumped. */
export function keepSteady<Steady extends Clock>(clock: Steady): Steady {
  steady.add(clock)
  return clock
}

/** How long may be slept before the wall clock is looked at again. */
export function longestSleepOf(clock: Clock): number {
  return steady.has(clock) ? Number.POSITIVE_INFINITY : longestSleepMs
}

/** So often it is looked at where it is waited for: it may be set, and a machine may sleep, which timers do not count. */
export const longestSleepMs = 60_000
