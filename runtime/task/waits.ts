import type { Timer } from "../clock/timers.ts"

/** What a task waits for besides a slot, and how long. Made for those that do. */
export class Waits {
  /** Born delayed until this instant. */
  notBefore: number | undefined = undefined
  /** The end of its delay or its backoff. */
  timer: Timer | undefined = undefined
  expiry: Timer | undefined = undefined
  deadline: Timer | undefined = undefined
  /** A schema still looks at its input. */
  forCheck = false
}
