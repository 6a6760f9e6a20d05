import { keepSteady } from "../clock/steady.ts"
import { Timers } from "../clock/timers.ts"
import { durationMs, type DurationInput } from "../definition/duration.ts"
import type { Clock } from "../ports/clock.ts"

/** A clock that a test turns by hand. */
export interface SimulatedClock extends Clock {
  /** Moves time on, timer by timer in their order, and lets all that follows from each happen before the next. */
  advance(duration: DurationInput): Promise<void>
  /** Lets what is pending happen, without moving time. */
  settle(): Promise<void>
}

/** Rounds of promise jobs and deferred callbacks that a chain of consequences may take before `advance` goes on. */
const rounds = 12

/**
 * Makes a clock that stands still until it is advanced. Bodies in threads and processes live in real time all the same: they begin,
 * talk and end without it, but what the supervisor times or looks for by itself (their progress, 30 times a second) waits for it.
 *
 * @param start The first instant, in milliseconds since the epoch. Default 2026-01-01T00:00:00Z.
 * @example
 * const clock = simulatedClock()
 * const supervisor = createSupervisor({ clock })
 * const handle = supervisor.addCoroutine(async () => "late", [], { delay: "1 hour" })
 * await clock.advance("1 hour")
 * await handle.result()
 */
export function simulatedClock(start: number = Date.UTC(2026, 0, 1)): SimulatedClock {
  let elapsed = 0
  let wake: { readonly at: number; readonly callback: () => void } | undefined
  // The heap of timers is the real one; only the platform timer below it is simulated.
  const timers = new Timers({
    now: () => start + elapsed,
    monotonic: () => elapsed,
    setTimeout: (callback, ms) => (wake = { at: elapsed + ms, callback }),
    clearTimeout: () => (wake = undefined),
    defer: (callback) => callback(),
  })

  const settle = async (): Promise<void> => {
    for (let round = 0; round < rounds; round++) await new Promise<void>((resolve) => setImmediateOrTimeout(resolve))
  }

  return keepSteady({
    now: () => start + elapsed,
    monotonic: () => elapsed,
    setTimeout: (callback, ms) => timers.after(ms, callback),
    clearTimeout: (timer) => timers.end(timer as ReturnType<Timers["after"]>),
    defer: (callback) => setImmediateOrTimeout(callback),
    settle,
    advance: async (duration) => {
      const target = elapsed + durationMs(duration, "the duration to advance by")
      await settle()
      while (wake !== undefined && wake.at <= target) {
        const { at, callback } = wake
        wake = undefined
        elapsed = Math.max(elapsed, at)
        callback()
        await settle()
      }
      elapsed = target
    },
  })
}

// Real turns of the event loop, whatever fake timers the test framework has installed since.
const immediate = (globalThis as { setImmediate?: (callback: () => void) => unknown }).setImmediate
const timeout = globalThis.setTimeout

function setImmediateOrTimeout(callback: () => void): void {
  if (immediate === undefined) timeout(callback, 0)
  else immediate(callback)
}
