import type { Clock } from "../../runtime/ports/clock.ts"

/** What a view needs of a clock. */
export type ViewTimer = Pick<Clock, "now" | "setTimeout" | "clearTimeout">

/** The system's time. Looking on keeps no process alive. */
export const systemTimer: ViewTimer = {
  now: () => Date.now(),
  setTimeout: (callback, ms) => setTimeout(callback, ms).unref(),
  clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout | undefined),
}
