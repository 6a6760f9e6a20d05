import { createSupervisor } from "tasktor"
import type { TaskHandle } from "tasktor"
import { alternate, pick } from "./harness/alternate.ts"
import type { Contestant } from "./harness/alternate.ts"
import type { Benchmark } from "./harness/benchmark.ts"
import { pause } from "./harness/pause.ts"
import { median } from "./harness/statistics.ts"
import { tableOf } from "./harness/table.ts"
import { atMost } from "./harness/target.ts"
import { progressCost, progressFlood } from "./workers/tasks.ts"

const calls = 10_000_000
const crowd = 100
const watchedMilliseconds = 2000

interface Watch {
  /** Percent of one core that the supervisor's thread used. */
  readonly share: number
  /** Snapshots that reached the listeners of the tasks, in a second. */
  readonly delivered: number
}

export const benchmark: Benchmark = {
  name: "progress",
  question: "setProgress: what a call costs the body, and what 100 tasks at full rate cost the supervisor",
  answer: async ({ rounds, wants }) => {
    const cost = await alternate(
      (["thread", "process", "coroutine"] as const).map(callCost).filter(({ name }) => wants(name)),
      rounds,
    )
    const floods = [
      flood("tasktor, 100 threads that never pause"),
      flood("tasktor, 100 threads, 1,000 calls each 5 ms", 1000),
    ]
    const watches = await alternate(
      floods.filter(({ name }) => wants(name)),
      rounds,
    )
    const share = pick(watches, (one) => one.share)
    return {
      tables: [
        tableOf("one setProgress in a loop, the loop itself not counted", "ns", cost),
        tableOf("100 watched tasks: what they cost the supervisor's thread", "% of a core", share),
        tableOf(
          "100 watched tasks: snapshots that reach their listeners",
          "in a second",
          pick(watches, (one) => one.delivered),
        ),
      ],
      targets: [
        ...atMost("setProgress in a thread: at most 50 ns", median(cost.get("tasktor, thread") ?? []), 50, "ns"),
        ...[...share].flatMap(([name, values]) => atMost(`${name}: less than 5 % of a core`, median(values), 5, "%")),
      ],
    }
  },
}

function callCost(executor: "thread" | "process" | "coroutine"): Contestant<number> {
  const supervisor = createSupervisor({ concurrency: { [executor]: 1 } })
  const task = progressCost.with({ executor })
  return { name: `tasktor, ${executor}`, round: () => supervisor.run(task(calls)).result() }
}

/**
 * A crowd that never pauses leaves the supervisor little of two cores, and so flatters it; the one with pauses has fresh
 * progress in every sample too, and leaves the supervisor all the time that it wants.
 */
function flood(name: string, burst?: number): Contestant<Watch> {
  const supervisor = createSupervisor({ concurrency: { thread: crowd } })
  const task = progressFlood.with({ executor: "thread" })
  const round = async (): Promise<Watch> => {
    let delivered = 0
    const gate = new Int32Array(new SharedArrayBuffer(4))
    const handles: TaskHandle<void>[] = []
    // A few at a time: a hundred threads that start together take longer than the pool waits for each.
    while (handles.length < crowd) {
      for (let few = 0; few < 4; few += 1) handles.push(supervisor.run(task(gate, burst)))
      while (handles.some((handle) => handle.snapshot.status === "pending")) await pause(5)
    }
    const unsubscribe = handles.map((handle) => handle.subscribe(() => void (delivered += 1)))
    Atomics.store(gate, 0, 1)
    Atomics.notify(gate, 0)
    while (handles.some((handle) => handle.snapshot.progress === 0)) await pause(50)
    delivered = 0
    const before = process.threadCpuUsage()
    const start = performance.now()
    await pause(watchedMilliseconds)
    const seconds = (performance.now() - start) / 1000
    const used = process.threadCpuUsage(before)
    const watch = { share: (used.user + used.system) / 1e4 / seconds, delivered: delivered / seconds }
    for (const end of unsubscribe) end()
    await Promise.all(handles.map((handle) => handle.cancel()))
    return watch
  }
  return { name, round }
}
