import { createSupervisor } from "tasktor"
import type { EventMap, TaskDefinition } from "tasktor"
import { alternate } from "./harness/alternate.ts"
import type { Contestant } from "./harness/alternate.ts"
import type { Answer, Benchmark } from "./harness/benchmark.ts"
import { pause } from "./harness/pause.ts"
import { quantile } from "./harness/statistics.ts"
import { tableOf } from "./harness/table.ts"
import { atMost } from "./harness/target.ts"
import { builtStamp, deaf } from "./workers/built.js"
import { cooperative } from "./workers/tasks.ts"
import { machineNow } from "./workers/clock.ts"

/** Milliseconds from the call of `cancel`, or from the end of the grace period where there is one. */
interface Freed {
  readonly receipt: number
  /** The body of the next task, which waited for the same slot, began. */
  readonly next: number
}

interface Case {
  readonly name: string
  readonly executor: "thread" | "process"
  readonly task: TaskDefinition<string, [], void, EventMap>
  readonly grace: number
  readonly limit: number
}

const cases: readonly Case[] = [
  { name: "tasktor, cooperative loop in a thread", executor: "thread", task: cooperative, grace: 0, limit: 5 },
  { name: "tasktor, cooperative loop in a process", executor: "process", task: cooperative, grace: 0, limit: 5 },
  { name: "tasktor, uncooperative thread, grace 0", executor: "thread", task: deaf, grace: 0, limit: 30 },
  { name: "tasktor, uncooperative process, grace 0", executor: "process", task: deaf, grace: 0, limit: 50 },
  {
    name: "tasktor, uncooperative thread, grace 200",
    executor: "thread",
    task: deaf,
    grace: 200,
    limit: 30,
  },
  {
    name: "tasktor, uncooperative process, grace 200",
    executor: "process",
    task: deaf,
    grace: 200,
    limit: 50,
  },
]

export const benchmark: Benchmark = {
  name: "cancel",
  question:
    "cancelling the task of the only slot: to the receipt, and to the start of the next task (40 samples or more)",
  answer: async ({ rounds, wants }) => {
    const wanted = cases.filter(({ name }) => wants(name))
    const samples = await alternate(wanted.map(contestant), Math.max(40, rounds))
    const answers = wanted.map(({ name, limit }): Answer => {
      const freed = samples.get(name) ?? []
      const receipts = freed.map(({ receipt }) => receipt)
      const nexts = freed.map(({ next }) => next)
      const quantiles = [
        ["receipt, p50", quantile(receipts, 0.5)],
        ["receipt, p95", quantile(receipts, 0.95)],
        ["next task begins, p50", quantile(nexts, 0.5)],
        ["next task begins, p95", quantile(nexts, 0.95)],
      ] as const
      return {
        tables: [tableOf(`${name}: cancel() to`, "ms", new Map(quantiles.map(([what, value]) => [what, [value]])))],
        targets: [
          ...atMost(`${name}: receipt p95 at most ${limit} ms`, quantile(receipts, 0.95), limit, "ms"),
          ...atMost(`${name}: next task begins p95 at most ${limit} ms`, quantile(nexts, 0.95), limit, "ms"),
        ],
      }
    })
    return { tables: answers.flatMap(({ tables }) => tables), targets: answers.flatMap(({ targets }) => targets) }
  },
}

function contestant({ name, executor, task, grace }: Case): Contestant<Freed> {
  const supervisor = createSupervisor({ concurrency: { [executor]: 1 } })
  const round = async (): Promise<Freed> => {
    const victim = supervisor.run(task.with({ executor, grace })())
    while (victim.snapshot.phase !== "executing") await pause(1)
    const next = supervisor.run(builtStamp.with({ executor })())
    await pause(100)
    const asked = machineNow()
    await victim.cancel()
    const receipt = machineNow() - asked - grace
    return { receipt, next: (await next.result()) - asked - grace }
  }
  return { name, round }
}
