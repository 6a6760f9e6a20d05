import { tasktorProcesses } from "./contestants/tasktor.ts"
import { tinypoolProcesses } from "./contestants/tinypool.ts"
import { workerpoolProcesses } from "./contestants/workerpool.ts"
import { alternate, pick } from "./harness/alternate.ts"
import type { Benchmark } from "./harness/benchmark.ts"
import { tableOf } from "./harness/table.ts"
import { latencyWarmUps, sequential } from "./measures/latency.ts"

const entrants = [tasktorProcesses, workerpoolProcesses, tinypoolProcesses]

export const benchmark: Benchmark = {
  name: "latency-processes",
  question: "a no-op in a child process, one after another: submit to result (no target)",
  answer: async ({ rounds, wants }) => {
    const contestants = entrants.filter(({ name }) => wants(name)).map(sequential)
    const samples = await alternate(contestants, rounds, { warmUps: latencyWarmUps })
    return {
      tables: [
        tableOf(
          "one no-op after another in a process, p50",
          "µs",
          pick(samples, (one) => one.p50),
        ),
        tableOf(
          "one no-op after another in a process, p99",
          "µs",
          pick(samples, (one) => one.p99),
        ),
      ],
      targets: [],
    }
  },
}
