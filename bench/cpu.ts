import { BareThreads } from "./contestants/bare-threads.ts"
import { piscina, piscina16 } from "./contestants/piscina.ts"
import { poolifier } from "./contestants/poolifier.ts"
import type { Entrant } from "./contestants/pool.ts"
import { workers } from "./contestants/pool.ts"
import { tasktorThreads } from "./contestants/tasktor.ts"
import { alternate } from "./harness/alternate.ts"
import type { Contestant, Samples } from "./harness/alternate.ts"
import type { Answer, Benchmark, Target } from "./harness/benchmark.ts"
import { median } from "./harness/statistics.ts"
import { untilQuiet } from "./harness/quiet.ts"
import { tableOf } from "./harness/table.ts"
import { atLeast } from "./harness/target.ts"
import { turnsPerMillisecond } from "./measures/calibrate.ts"
import { ForeignTime } from "./harness/foreign-time.ts"

const entrants = [tasktorThreads, piscina, piscina16, poolifier]
/** CPU milliseconds of all tasks of a round together. */
const roundMilliseconds = 3000
const bare = "two bare threads, no pool"

export const benchmark: Benchmark = {
  name: "cpu",
  question: "CPU tasks of 1, 10 and 100 ms on 2 threads: the share of the two cores' time that is useful work",
  answer: async ({ rounds, wants }) => {
    await untilQuiet()
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
        round: () => usefulShare(milliseconds * tasks, () => run(tasks, turns * milliseconds)),
      }))
      const samples = await alternate(contestants, rounds)
      answers.push({
        tables: [
          tableOf(`${tasks} CPU tasks of ${milliseconds} ms on 2 threads, useful share of two cores`, "%", samples),
        ],
        targets: ofBareThreads(milliseconds, samples),
      })
    }
    return { tables: answers.flatMap(({ tables }) => tables), targets: answers.flatMap(({ targets }) => targets) }
  },
}

/** How fast a core is depends on what its neighbour does: two bare threads show what all of the two cores' time is. */
function ofBareThreads(milliseconds: number, samples: Samples<number>): Target[] {
  const [own, full] = ["tasktor", bare].map((name) => median(samples.get(name) ?? []))
  if (own === undefined || full === undefined) return []
  return atLeast(`${milliseconds} ms: at least 95 % of the two cores' time is useful`, (own / full) * 100, 95, "%")
}

/** Runs so many tasks of so many turns. */
type RunAll = (tasks: number, turns: number) => Promise<void>

function runAll({ open }: Entrant): RunAll {
  const pool = open("spin")
  return async (tasks, turns) => {
    await Promise.all(Array.from({ length: tasks }, () => pool.run(turns)))
  }
}

/** Percent of the time of two cores that so many milliseconds of work fill, without the time that other programs took. */
async function usefulShare(milliseconds: number, work: () => Promise<void>): Promise<number> {
  const foreign = new ForeignTime()
  const start = performance.now()
  await work()
  return (milliseconds / ((performance.now() - start) * workers - foreign.milliseconds())) * 100
}
