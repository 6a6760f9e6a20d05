import type { Moment } from "./moment.ts"
import type { Tape } from "./tape.ts"

/** Where a moment is in the log. The clock may have been set back: the last of several places is meant. */
export function positionOf(tape: Tape, moment: Moment): number {
  if (moment.type === "position") return Math.min(moment.position, tape.last)
  let position = 0
  for (const entry of tape.entries(0, tape.last)) if (entry.at <= moment.instant) ({ position } = entry)
  return position
}
