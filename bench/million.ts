import { createSupervisor, defineTask } from "tasktor"
import type { Supervisor } from "tasktor"
import { alternate, pick } from "./harness/alternate.ts"
import type { Contestant } from "./harness/alternate.ts"
import type { Benchmark } from "./harness/benchmark.ts"
import { median } from "./harness/statistics.ts"
import { tableOf } from "./harness/table.ts"
import { atMost } from "./harness/target.ts"
import { HeapPeak, heapInUse } from "./measures/heap.ts"

const tasks = 1_000_000

const nothingTask = defineTask({ name: "nothing", run: async () => {} })

interface Passage {
  readonly microsecondsEach: number
  /** Megabytes of heap. */
  readonly peak: number
}

export const benchmark: Benchmark = {
  name: "million",
  question: "1,000,000 coroutine tasks through one supervisor, 8 at a time: time and heap",
  answer: async ({ rounds, wants }) => {
    const contestants = [
      passage("tasktor, all at once", tasks),
      passage("tasktor, 10,000 at once, a hundred times", 10_000),
    ].filter(({ name }) => wants(name))
    const samples = await alternate(contestants, rounds, { alone: true })
    const times = pick(samples, (one) => one.microsecondsEach)
    const peaks = pick(samples, (one) => one.peak)
    const waiting = await alternate([{ name: "tasktor, 1,000,000 waiting", round: waitingHeap }], 1)
    return {
      tables: [
        tableOf("1,000,000 tasks through one supervisor", "µs each", times),
        tableOf("heap at the peak, garbage included", "MB", peaks),
        tableOf("heap without garbage once all are submitted", "MB", waiting),
      ],
      targets: [
        ...atMost("1,000,000 at once: at most 10 µs each", median(times.get("tasktor, all at once") ?? []), 10, "µs"),
        ...atMost(
          "1,000,000 at once: at most 500 MB of heap",
          median(peaks.get("tasktor, all at once") ?? []),
          500,
          "MB",
        ),
      ],
    }
  },
}

function passage(name: string, atOnce: number): Contestant<Passage> {
  return { name, round: () => passThrough(atOnce) }
}

async function passThrough(atOnce: number): Promise<Passage> {
  const supervisor = eightAtATime()
  const peak = new HeapPeak()
  const start = performance.now()
  for (let done = 0; done < tasks; done += atOnce) {
    submit(supervisor, atOnce, peak)
    await supervisor.settled()
  }
  const elapsed = performance.now() - start
  await supervisor.shutdown()
  return { microsecondsEach: (elapsed * 1000) / tasks, peak: peak.stop() }
}

async function waitingHeap(): Promise<number> {
  const supervisor = eightAtATime()
  for (let task = 0; task < tasks; task += 1) supervisor.run(nothingTask())
  globalThis.gc?.()
  const living = heapInUse()
  await supervisor.settled()
  return living
}

function eightAtATime(): Supervisor {
  return createSupervisor({ concurrency: { coroutine: 8 } })
}

function submit(supervisor: Supervisor, count: number, peak: HeapPeak): void {
  for (let task = 0; task < count; task += 1) {
    supervisor.run(nothingTask())
    if (task % 10_000 === 0) peak.look()
  }
  peak.look()
}
