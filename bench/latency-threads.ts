import { piscina, piscina16 } from "./contestants/piscina.ts"
import { poolifier, poolifierQueue } from "./contestants/poolifier.ts"
import { tasktorThreads } from "./contestants/tasktor.ts"
import { tinypoolThreads } from "./contestants/tinypool.ts"
import { workerpoolThreads } from "./contestants/workerpool.ts"
import { alternate, pick } from "./harness/alternate.ts"
import type { Benchmark } from "./harness/benchmark.ts"
import { tableOf } from "./harness/table.ts"
import { noSlower } from "./harness/target.ts"
import { latencyWarmUps, sequential } from "./measures/latency.ts"

const peers = [piscina, piscina16, tinypoolThreads, workerpoolThreads, poolifier, poolifierQueue]

export const benchmark: Benchmark = {
  name: "latency-threads",
  question: "a no-op on a thread, one after another: submit to result",
  answer: async ({ rounds, wants }) => {
    const entrants = [tasktorThreads, ...peers].filter(({ name }) => wants(name))
    const samples = await alternate(entrants.map(sequential), rounds, { warmUps: latencyWarmUps, alone: true })
    const [p50, p99] = [pick(samples, (one) => one.p50), pick(samples, (one) => one.p99)]
    const names = peers.map(({ name }) => name)
    return {
      tables: [
        tableOf("one no-op after another on a thread, p50", "µs", p50),
        tableOf("one no-op after another on a thread, p99", "µs", p99),
      ],
      targets: [...noSlower(p50, "tasktor", "p50", names), ...noSlower(p99, "tasktor", "p99", names)],
    }
  },
}
