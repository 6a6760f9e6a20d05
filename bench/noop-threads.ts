import { piscina, piscina16, piscinaTuned } from "./contestants/piscina.ts"
import { poolifier, poolifierQueue, poolifierQueue64 } from "./contestants/poolifier.ts"
import { tasktorThreads } from "./contestants/tasktor.ts"
import { tinypoolThreads } from "./contestants/tinypool.ts"
import { workerpoolThreads } from "./contestants/workerpool.ts"
import { alternate } from "./harness/alternate.ts"
import type { Benchmark } from "./harness/benchmark.ts"
import { tableOf } from "./harness/table.ts"
import { timesFaster } from "./harness/target.ts"
import { awaitedResults, settledTogether } from "./measures/throughput.ts"

const tuned = [piscina16, piscinaTuned, tinypoolThreads, workerpoolThreads, poolifier, poolifierQueue, poolifierQueue64]
const entrants = [tasktorThreads, piscina, ...tuned]
const together = "tasktor, settled()"

export const benchmark: Benchmark = {
  name: "noop-threads",
  question: "50,000 no-ops at once on 2 threads",
  answer: async ({ rounds, wants }) => {
    const contestants = [
      ...entrants.filter(({ name }) => wants(name)).map(awaitedResults),
      ...(wants(together) ? [settledTogether(together, "thread")] : []),
    ]
    const samples = await alternate(contestants, rounds, { alone: true })
    return {
      tables: [tableOf("50,000 no-ops at once on 2 threads, each result awaited", "µs each", samples)],
      targets: [
        ...timesFaster(samples, "tasktor", 6, "piscina's default", [piscina.name]),
        ...timesFaster(
          samples,
          "tasktor",
          2,
          "the best of the others",
          tuned.map(({ name }) => name),
        ),
      ],
    }
  },
}
