import { show } from "../../failure/show.ts"
import { at } from "./at.ts"
import { cron } from "./cron.ts"
import { daily } from "./daily.ts"
import { every } from "./every.ts"
import { monthly } from "./monthly.ts"
import type { Schedule, Timing } from "./schedule.ts"
import type { ScheduleSpec } from "./schedule-spec.ts"
import { weekly } from "./weekly.ts"

/**
 * The schedule that a spec describes.
 *
 * @throws RangeError for one that this version does not know.
 */
export function scheduleOf(spec: ScheduleSpec): Timing {
  return make(spec) as Timing
}

function make(spec: ScheduleSpec): Schedule {
  switch (spec.type) {
    case "cron":
      return cron(spec.expression, spec)
    case "every":
      return every(spec.intervalMs, spec.from === undefined ? {} : { from: new Date(spec.from) })
    case "at":
      return at(new Date(spec.instant))
    case "daily":
      return daily(spec)
    case "weekly":
      return weekly(spec)
    case "monthly":
      return monthly(spec)
    default:
      throw new RangeError(
        `Cannot make a schedule of ${show(spec)}: this version does not know its type; use the version that has written it`,
      )
  }
}
