import { BareThreads } from "./contestants/bare-threads.ts"
import { piscina, piscina16 } from "./contestants/piscina.ts"
import { poolifier } from "./contestants/poolifier.ts"
import type { Entrant } from "./contestants/pool.ts"
import { workers } from "./contestants/pool.ts"
import { tasktorThreads } from "./contestants/tasktor.ts"
import { alternate } from "./harness/alternate.ts"
import type { Contestant } from "./harness/alternate.ts"
import type { Answer, Benchmark } from "./harness/benchmark.ts"
import { median, sum } from "./harness/statistics.ts"
import { tableOf } from "./harness/table.ts"
import { atLeast } from "./harness/target.ts"
import { turnsPerMillisecond } from "./measures/calibrate.ts"
import { ForeignTime } from "./measures/foreign-time.ts"

const entrants = [tasktorThreads, piscina, piscina16, poolifier]
/** CPU milliseconds of all tasks of a round together. */
const roundMilliseconds = 3000
const bare = "two bare threads, no pool"

export const benchmark: Benchmark = {
  name: "cpu",
  question: "CPU tasks of 1, 10 and 100 ms on 2 threads: the share of the two cores' time that is useful work",
  answer: async ({ rounds, wants }) => {
    const turns = turnsPerMillisecond()
    const pools = entrants
      .filter(({ name }) => wants(name))
      .map((entrant) => ({ name: entrant.name, run: runAll(entrant) }))
    const threads = new BareThreads()
    const all = [...pools, ...(wants(bare) ? [{ name: bare, run: threads.spin.bind(threads) }] : [])]
    const answers: Answer[] = []
    for (const milliseconds of [1, 10, 100]) {
      const tasks = roundMilliseconds / milliseconds
      const contestants = all.map(({ name, run }): Contestant<number> => ({
        name,
        round: () => useful(run, tasks, turns * milliseconds),
      }))
      const samples = await alternate(contestants, rounds)
      const reached = median(samples.get("tasktor") ?? [])
      answers.push({
        tables: [
          tableOf(`${tasks} CPU tasks of ${milliseconds} ms on 2 threads, useful share of two cores`, "%", samples),
        ],
        targets: atLeast(
          `${milliseconds} ms: at least 95 % useful (bare threads: ${median(samples.get(bare) ?? []).toFixed(1)} %)`,
          reached,
          95,
          "%",
        ),
      })
    }
    return { tables: answers.flatMap(({ tables }) => tables), targets: answers.flatMap(({ targets }) => targets) }
  },
}

/** Runs so many tasks of so many turns, and tells their CPU microseconds. */
type RunAll = (tasks: number, turns: number) => Promise<number>

function runAll({ open }: Entrant): RunAll {
  const pool = open("spin")
  return async (tasks, turns) => {
    const used = await Promise.all(Array.from({ length: tasks }, () => pool.run(turns)))
    return sum(used as number[])
  }
}

/** Percent of the time of two cores, without what other programs took of it. */
async function useful(run: RunAll, tasks: number, turns: number): Promise<number> {
  const foreign = new ForeignTime()
  const start = performance.now()
  const microseconds = await run(tasks, turns)
  return (microseconds / 1000 / ((performance.now() - start) * workers - foreign.milliseconds())) * 100
}
