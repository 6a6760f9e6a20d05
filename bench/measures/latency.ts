import type { Entrant } from "../contestants/pool.ts"
import type { Contestant } from "../harness/alternate.ts"
import { quantile } from "../harness/statistics.ts"

const tasks = 10_000

/** A round trip is little work between two waits: it takes longer to get warm than a flood does. */
export const latencyWarmUps = 3

export interface Latency {
  readonly p50: number
  readonly p99: number
}

/** Microseconds from the submit of a no-op to its awaited result, one after another, quantiles of each round. */
export function sequential({ name, open }: Entrant): Contestant<Latency> {
  const pool = open("noop")
  const round = async (): Promise<Latency> => {
    const times: number[] = []
    for (let task = 0; task < tasks; task += 1) {
      const start = performance.now()
      await pool.run()
      times.push((performance.now() - start) * 1000)
    }
    return { p50: quantile(times, 0.5), p99: quantile(times, 0.99) }
  }
  return { name, round }
}
