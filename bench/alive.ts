import { createSupervisor, defineTask } from "tasktor"
import type { Supervisor, TaskContext } from "tasktor"
import { alternate, pick } from "./harness/alternate.ts"
import type { Contestant } from "./harness/alternate.ts"
import type { Benchmark } from "./harness/benchmark.ts"
import { median } from "./harness/statistics.ts"
import { tableOf } from "./harness/table.ts"
import { atMost } from "./harness/target.ts"

const few = 100
const many = 100_000
const operations = 10_000

const nothingTask = defineTask({ name: "nothing", run: async () => {} })

/** Microseconds of one operation. */
interface Costs {
  readonly add: number
  readonly update: number
  readonly read: number
}

/** Two costs that differ by less are the same: 100,000 tasks do not fit into the processor's cache, 100 do. */
const same = 2

export const benchmark: Benchmark = {
  name: "alive",
  question: "adding a task, updating one, reading the overall progress: 100 alive against 100,000 alive",
  answer: async ({ rounds }) => {
    const samples = await alternate([contestant(few), contestant(many)], rounds, { alone: true })
    const costs = (["add", "update", "read"] as const).map((name) => ({
      name,
      samples: pick(samples, (one) => one[name]),
    }))
    return {
      tables: costs.map((cost) => tableOf(titles[cost.name], "µs", cost.samples)),
      targets: costs.flatMap((cost) => {
        const [least = [], most = []] = [...cost.samples.values()]
        return atMost(
          `${cost.name}: the same with 100,000 alive (below ${same} ×)`,
          median(most) / median(least),
          same,
          "×",
        )
      }),
    }
  },
}

const titles = {
  add: "adding a task and seeing it through",
  update: "one setProgress and flush of a living task",
  read: "reading the overall progress after a change",
}

function contestant(alive: number): Contestant<Costs> {
  return { name: `tasktor, ${alive.toLocaleString("en")} alive`, round: () => costsWith(alive) }
}

async function costsWith(alive: number): Promise<Costs> {
  const supervisor = createSupervisor()
  const contexts: TaskContext[] = []
  const gate = Promise.withResolvers<void>()
  const live = (ctx: TaskContext): Promise<void> => {
    contexts.push(ctx)
    return gate.promise
  }
  for (let task = 0; task < alive; task += 1) supervisor.addCoroutine(live, [])
  while (contexts.length < alive) await nextTurn()
  const update = updating(contexts)
  const costs = { add: await adding(supervisor), update: each(update), read: reading(supervisor, update) }
  gate.resolve()
  await supervisor.settled()
  return costs
}

/** In small groups that end before the next begins, so that no more than the few are alive. */
async function adding(supervisor: Supervisor): Promise<number> {
  const group = few / 2
  const start = performance.now()
  for (let added = 0; added < operations; added += group) {
    await Promise.all(Array.from({ length: group }, () => supervisor.run(nothingTask()).outcome()))
  }
  return ((performance.now() - start) * 1000) / operations
}

/** Advances one of a hundred tasks with each call: the same number in both cases, as the processor's cache is not what is measured. */
function updating(contexts: readonly TaskContext[]): () => void {
  const some = contexts.filter((_, i) => i % (contexts.length / few) === 0)
  let calls = 0
  return () => {
    const ctx = some[calls % few]!
    calls += 1
    ctx.setProgress(calls / (3 * operations))
    ctx.flush()
  }
}

/** What reading adds to a change. */
function reading(supervisor: Supervisor, update: () => void): number {
  let total = 0
  const both = each(() => {
    update()
    total += supervisor.getSnapshot().progress
  })
  if (Number.isNaN(total)) throw new Error("The overall progress is not a number")
  return Math.max(0, both - each(update))
}

function each(operation: () => void): number {
  const start = performance.now()
  for (let count = 0; count < operations; count += 1) operation()
  return ((performance.now() - start) * 1000) / operations
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
