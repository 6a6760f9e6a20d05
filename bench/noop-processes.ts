import { tasktorProcesses } from "./contestants/tasktor.ts"
import { tinypoolProcesses } from "./contestants/tinypool.ts"
import { workerpoolProcesses } from "./contestants/workerpool.ts"
import { alternate } from "./harness/alternate.ts"
import type { Benchmark } from "./harness/benchmark.ts"
import { tableOf } from "./harness/table.ts"
import { timesFaster } from "./harness/target.ts"
import { awaitedResults, settledTogether } from "./measures/throughput.ts"

const entrants = [tasktorProcesses, workerpoolProcesses, tinypoolProcesses]
const together = "tasktor, settled()"

export const benchmark: Benchmark = {
  name: "noop-processes",
  question: "50,000 no-ops at once on 2 child processes",
  answer: async ({ rounds, wants }) => {
    const contestants = [
      ...entrants.filter(({ name }) => wants(name)).map(awaitedResults),
      ...(wants(together) ? [settledTogether(together, "process")] : []),
    ]
    const samples = await alternate(contestants, rounds)
    return {
      tables: [tableOf("50,000 no-ops at once on 2 processes, each result awaited", "µs each", samples)],
      targets: [
        ...timesFaster(samples, "tasktor", 6, "workerpool (process)", [workerpoolProcesses.name]),
        ...timesFaster(samples, "tasktor", 6, "tinypool (child_process)", [tinypoolProcesses.name]),
      ],
    }
  },
}
