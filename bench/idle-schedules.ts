import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { createSupervisor, cron, daily, defineTask, monthly, type Schedule } from "tasktor"
import { sqliteStore } from "tasktor/sqlite"
import { alternate } from "./harness/alternate.ts"
import type { Benchmark } from "./harness/benchmark.ts"
import { median } from "./harness/statistics.ts"
import { tableOf } from "./harness/table.ts"
import { atMost } from "./harness/target.ts"

const schedules = 10_000
const idleSeconds = 20
const own = "tasktor, 10,000 schedules"

const nothing = defineTask({ name: "nothing", run: () => {} })

export const benchmark: Benchmark = {
  name: "idle-schedules",
  question: "10,000 schedules that are not due, in a supervisor with a store: the program's CPU time over 20 seconds",
  answer: async ({ rounds, wants }) => {
    const contestants = [
      { name: own, round: () => idleShare(schedules) },
      { name: "tasktor, none", round: () => idleShare(0) },
    ].filter(({ name }) => wants(name))
    const samples = await alternate(contestants, rounds, { warmUps: 0 })
    return {
      tables: [tableOf("a supervisor with a store that has nothing to do", "% of a core", samples)],
      targets: atMost("10,000 schedules: under 1 % of a core while idle", median(samples.get(own) ?? []), 1, "%"),
    }
  },
}

/** Percent of a core that this process takes while nothing is due. */
async function idleShare(count: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "tasktor-bench-"))
  try {
    await using supervisor = createSupervisor({ store: sqliteStore(join(folder, "tasks.db")) })
    for (let number = 0; number < count; number += 1) {
      supervisor.schedules.add(`schedule ${number}`, notYet(number), nothing())
    }
    // What adding them has left behind is not what they cost while they wait.
    await sleep(1000)
    globalThis.gc?.()
    const before = process.cpuUsage()
    const start = performance.now()
    await sleep(idleSeconds * 1000)
    const { user, system } = process.cpuUsage(before)
    return ((user + system) / 1000 / (performance.now() - start)) * 100
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** One of several kinds; at the earliest in an hour. */
function notYet(number: number): Schedule {
  const minutes = 60 + (number % 1200)
  const when = new Date(Date.now() + minutes * 60_000)
  const [hour, minute] = [when.getUTCHours(), when.getUTCMinutes()]
  switch (number % 3) {
    case 0:
      return cron(`${minute} ${hour} * * *`, { timeZone: "UTC" })
    case 1:
      return daily({ at: `${two(hour)}:${two(minute)}`, timeZone: "UTC" })
    default:
      return monthly({ day: when.getUTCDate(), at: `${two(hour)}:${two(minute)}`, timeZone: "UTC" })
  }
}

function two(number: number): string {
  return String(number).padStart(2, "0")
}
