import { Worker } from "node:worker_threads"
import { createSupervisor, transfer } from "tasktor"
import { alternate } from "./harness/alternate.ts"
import type { Contestant } from "./harness/alternate.ts"
import type { Benchmark } from "./harness/benchmark.ts"
import { median } from "./harness/statistics.ts"
import { tableOf } from "./harness/table.ts"
import { atMost } from "./harness/target.ts"
import { echo } from "./workers/tasks.ts"

const bytes = 16 * 1024 * 1024
const roundTrips = 300

export const benchmark: Benchmark = {
  name: "transfer",
  question: "a 16 MB ArrayBuffer to a thread and back, transferred",
  answer: async ({ rounds, wants }) => {
    const contestants = [tasktorContestant(), bareContestant()].filter(({ name }) => wants(name))
    const samples = await alternate(contestants, rounds, { alone: true })
    const times = median(samples.get("tasktor") ?? []) / median(samples.get("postMessage") ?? [])
    return {
      tables: [tableOf("16 MB to a thread and back, transferred", "µs", samples)],
      targets: atMost("within 1.5 × of raw postMessage", times, 1.5, "×"),
    }
  },
}

type Trip = (data: ArrayBuffer) => Promise<ArrayBuffer>

function tasktorContestant(): Contestant<number> {
  const supervisor = createSupervisor({ concurrency: { thread: 1 } })
  const task = echo.with({ executor: "thread" })
  return { name: "tasktor", round: () => medianTrip((data) => supervisor.run(task(transfer(data))).result()) }
}

function bareContestant(): Contestant<number> {
  const worker = new Worker(new URL("./workers/bare-echo.ts", import.meta.url))
  const trip: Trip = (data) => {
    const back = new Promise<ArrayBuffer>((resolve) => worker.once("message", resolve))
    worker.postMessage(data, [data])
    return back
  }
  return { name: "postMessage", round: () => medianTrip(trip) }
}

/** Microseconds of one round trip; the same memory travels every time. */
async function medianTrip(trip: Trip): Promise<number> {
  const times: number[] = []
  let data = new ArrayBuffer(bytes)
  for (let count = 0; count < roundTrips; count += 1) {
    const start = performance.now()
    data = await trip(data)
    times.push((performance.now() - start) * 1000)
  }
  if (data.byteLength !== bytes)
    throw new Error(`The buffer came back with ${data.byteLength} bytes instead of ${bytes}`)
  return median(times)
}
