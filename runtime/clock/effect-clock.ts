import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { Clock as ClockPort } from "../ports/clock.ts"
import { systemClock } from "./system-clock.ts"

/** The services that a body's Effect runs with: Effect's own clock, fed by ours. Nothing is needed for the system's clock. */
export function effectServices(clock: ClockPort): Context.Context<never> {
  if (clock === systemClock) return Context.empty()
  const nanos = (ms: number): bigint => BigInt(Math.round(ms * 1_000_000))
  const service: Clock.Clock = {
    currentTimeMillisUnsafe: () => clock.now(),
    currentTimeMillis: Effect.sync(() => clock.now()),
    currentTimeNanosUnsafe: () => nanos(clock.now()),
    currentTimeNanos: Effect.sync(() => nanos(clock.now())),
    monotonicTimeNanosUnsafe: () => nanos(clock.monotonic()),
    monotonicTimeNanos: Effect.sync(() => nanos(clock.monotonic())),
    sleep: (duration) =>
      Effect.callback<void>((resume) => {
        const timer = clock.setTimeout(() => resume(Effect.void), Duration.toMillis(duration))
        return Effect.sync(() => clock.clearTimeout(timer))
      }),
  }
  return Context.make(Clock.Clock, service)
}
