import type { Entrant } from "./contestants/pool.ts"
import { piscina, piscina16 } from "./contestants/piscina.ts"
import { poolifier } from "./contestants/poolifier.ts"
import { tasktorThreads } from "./contestants/tasktor.ts"
import { alternate, pick } from "./harness/alternate.ts"
import type { Contestant } from "./harness/alternate.ts"
import type { Benchmark } from "./harness/benchmark.ts"
import { median, quantile } from "./harness/statistics.ts"
import { tableOf } from "./harness/table.ts"
import { atMost } from "./harness/target.ts"
import type { Fate } from "./measures/schedule.ts"
import { fateOf } from "./measures/schedule.ts"
import type { Held } from "./workers/bodies.ts"
import { machineNow } from "./workers/clock.ts"

const shortOnes = 10_000
/** So late that the other worker runs out of short ones while the long one is at work: what is held up behind it shows. */
const longPosition = 9_900
const entrants = [tasktorThreads, piscina, piscina16, poolifier]

export const benchmark: Benchmark = {
  name: "long-among-short",
  question: "one task of 200 ms among 10,000 of 1 ms on 2 threads: does a short one wait behind it in vain?",
  answer: async ({ rounds, wants }) => {
    const samples = await alternate(entrants.filter(({ name }) => wants(name)).map(contestant), rounds, { alone: true })
    const heldUp = pick(samples, (one) => one.heldUp)
    const overhead = pick(samples, (one) => (one.wall / one.ideal - 1) * 100)
    return {
      tables: [
        tableOf("short ones held up behind the long one while the other worker was idle", "tasks", heldUp),
        tableOf(
          "the longest such idle time",
          "ms",
          pick(samples, (one) => one.longestIdle),
        ),
        tableOf("total time beyond the ideal schedule of the same durations", "%", overhead),
      ],
      targets: [
        ...atMost(
          "no short task waits behind the long one beside an idle worker (most in a round)",
          quantile(heldUp.get("tasktor") ?? [], 1),
          0,
          "tasks",
        ),
        ...atMost("total time beyond the ideal", median(overhead.get("tasktor") ?? []), 10, "%"),
      ],
    }
  },
}

function contestant({ name, open }: Entrant): Contestant<Fate> {
  const pool = open("hold")
  const round = async (): Promise<Fate> => {
    const submittedAt = machineNow()
    const submitted: PromiseLike<unknown>[] = []
    for (let task = 0; task <= shortOnes; task += 1) submitted.push(pool.run(task === longPosition ? 200 : 1))
    const runs = (await Promise.all(submitted)) as Held[]
    return fateOf(submittedAt, runs, runs[longPosition]!)
  }
  return { name, round }
}
