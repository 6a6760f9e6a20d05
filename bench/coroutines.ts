import PQueue from "p-queue"
import { createSupervisor, defineTask } from "tasktor"
import { alternate } from "./harness/alternate.ts"
import type { Contestant } from "./harness/alternate.ts"
import type { Benchmark } from "./harness/benchmark.ts"
import { tableOf } from "./harness/table.ts"
import { timesFaster } from "./harness/target.ts"

const tasks = 100_000
const concurrency = 8

/** A body that does nothing, asynchronously. */
async function nothing(): Promise<void> {}

const nothingTask = defineTask({ name: "nothing", run: nothing })

export const benchmark: Benchmark = {
  name: "coroutines",
  question: "100,000 asynchronous no-ops in the same thread, 8 at a time",
  answer: async ({ rounds, wants }) => {
    const samples = await alternate(
      contestants().filter(({ name }) => wants(name)),
      rounds,
      { alone: true },
    )
    return {
      tables: [tableOf("100,000 asynchronous no-ops in the same thread, 8 at a time", "µs each", samples)],
      targets: timesFaster(samples, "tasktor", 1, "p-queue", ["p-queue"]),
    }
  },
}

function contestants(): readonly Contestant<number>[] {
  const supervisor = createSupervisor({ concurrency: { coroutine: concurrency } })
  const queue = new PQueue({ concurrency })
  const settled = (): Promise<unknown> => supervisor.settled()
  return [
    awaitedResults("tasktor", () => supervisor.run(nothingTask()).result()),
    awaitedResults("p-queue", () => queue.add(nothing)),
    awaitedTogether("tasktor, settled()", () => supervisor.run(nothingTask()), settled),
    awaitedTogether("tasktor, addCoroutine and settled()", () => supervisor.addCoroutine(nothing, []), settled),
    awaitedTogether(
      "p-queue, onIdle()",
      () => queue.add(nothing),
      () => queue.onIdle(),
    ),
  ]
}

function awaitedResults(name: string, submit: () => Promise<unknown>): Contestant<number> {
  const round = async (): Promise<number> => {
    const start = performance.now()
    const results = new Array<Promise<unknown>>(tasks)
    for (let task = 0; task < tasks; task += 1) results[task] = submit()
    await Promise.all(results)
    return microsecondsEach(start)
  }
  return { name, round }
}

function awaitedTogether(name: string, submit: () => unknown, idle: () => Promise<unknown>): Contestant<number> {
  const round = async (): Promise<number> => {
    const start = performance.now()
    for (let task = 0; task < tasks; task += 1) submit()
    await idle()
    return microsecondsEach(start)
  }
  return { name, round }
}

function microsecondsEach(start: number): number {
  return ((performance.now() - start) * 1000) / tasks
}
