import { chain, cron, defineSchedule, every, group, type Pipeline } from "tasktor"
import { collect } from "./collect.ts"
import { digest } from "./digest.ts"
import type { Period } from "./period.ts"
import { publish } from "./publish.ts"
import { render } from "./render.ts"
import { settings } from "./settings.ts"

/** The branches of which each report tells. */
const branches = ["north", "harbour", "market"] as const

/** Collect side by side, then render, then publish: each step is kept when it has settled, and not done again by the next program. */
function reportOn(period: Period): Pipeline<string> {
  const takings = group(branches.map((branch) => collect(branch, period)))
  return chain(takings, render, publish).with({ tags: [period.name] })
}

const day = 24 * 60 * 60

/** Of a night on which nothing ran there is a report all the same, and of each of several. */
export const nightly = defineSchedule(
  "nightly",
  cron("30 2 * * *", { timeZone: settings.timeZone }),
  reportOn({ name: "nightly", seconds: day }),
  { catchUp: "all" },
)

/** The latest hour is enough for whoever was away. */
export const hourly = defineSchedule(
  "hourly",
  cron("0 * * * *", { timeZone: settings.timeZone }),
  chain(digest({ name: "hourly", seconds: 60 * 60 }, "pulse"), publish).with({ tags: ["hourly"] }),
)

/** So that one sees something. One that has troubles is not waited for; a pulse that nobody felt is not made up for. */
export const pulse = defineSchedule(
  "pulse",
  every(settings.pulseSeconds * 1000),
  reportOn({ name: "pulse", seconds: settings.pulseSeconds }),
  { catchUp: "skip", overlap: "allow" },
)
