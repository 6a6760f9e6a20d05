import type { Effect } from "effect/Effect"

/** By the marker that Effect 4 puts on its effects, so that nobody loads Effect to find out. */
export function isEffect(value: unknown): value is Effect<unknown, unknown> {
  return typeof value === "object" && value !== null && "~effect/Effect" in value
}
