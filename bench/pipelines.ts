import * as Effect from "effect/Effect"
import PQueue from "p-queue"
import { chain, chord, createSupervisor, defineTask, group } from "tasktor"
import { alternate } from "./harness/alternate.ts"
import type { Contestant } from "./harness/alternate.ts"
import type { Answer, Benchmark, Setup } from "./harness/benchmark.ts"
import { tableOf } from "./harness/table.ts"

const steps = 1000
const members = 10_000
const header = 1000

const nextNumber = async (n: number): Promise<number> => n + 1
const sumOf = async (numbers: readonly number[]): Promise<number> => numbers.reduce((sum, n) => sum + n, 0)

const increment = defineTask({ name: "increment", run: (_ctx, n: number) => nextNumber(n) })
const sum = defineTask({ name: "sum", run: (_ctx, numbers: readonly number[]) => sumOf(numbers) })

const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, n) => n)

export const benchmark: Benchmark = {
  name: "pipelines",
  question:
    "A chain of 1,000, a group of 10,000, a chord of 1,000 into 1, beside Effect and p-queue, which have no tasks to look at",
  answer: async (setup) => {
    const supervisor = createSupervisor()
    const rest = new Array<typeof increment>(steps - 1).fill(increment)
    const queue = new PQueue()
    const chains = await tableFor(setup, "A chain of 1,000 asynchronous no-ops", steps, {
      tasktor: () => supervisor.run(chain(increment(0), ...rest)).result(),
      Effect: () => Effect.runPromise(effectChain),
      "promises alone": async () => {
        let n = 0
        for (let step = 0; step < steps; step += 1) n = await nextNumber(n)
      },
    })
    const groups = await tableFor(setup, "A group of 10,000 asynchronous no-ops", members, {
      tasktor: () => supervisor.run(group(upTo(members).map((n) => increment(n)))).result(),
      "Effect.forEach": () => Effect.runPromise(effectGroup(members)),
      "p-queue, addAll()": () => queue.addAll(upTo(members).map((n) => () => nextNumber(n))),
    })
    const chords = await tableFor(setup, "A chord of 1,000 asynchronous no-ops into one", header, {
      tasktor: () =>
        supervisor
          .run(
            chord(
              upTo(header).map((n) => increment(n)),
              sum,
            ),
          )
          .result(),
      "Effect.forEach": () =>
        Effect.runPromise(Effect.flatMap(effectGroup(header), (numbers) => Effect.promise(() => sumOf(numbers)))),
      "p-queue, addAll()": async () => sumOf(await queue.addAll(upTo(header).map((n) => () => nextNumber(n)))),
    })
    return { tables: [chains, groups, chords], targets: [] }
  },
}

const effectChain = Effect.gen(function* () {
  let n = 0
  for (let step = 0; step < steps; step += 1) n = yield* Effect.promise(() => nextNumber(n))
  return n
})

const effectGroup = (count: number): Effect.Effect<readonly number[]> =>
  Effect.forEach(upTo(count), (n) => Effect.promise(() => nextNumber(n)), { concurrency: "unbounded" })

async function tableFor(
  { rounds, wants }: Setup,
  title: string,
  count: number,
  runs: Readonly<Record<string, () => Promise<unknown>>>,
): Promise<Answer["tables"][number]> {
  const contestants = Object.entries(runs)
    .filter(([name]) => wants(name))
    .map(([name, run]): Contestant<number> => ({ name, round: () => microsecondsEach(run, count) }))
  return tableOf(title, "µs each", await alternate(contestants, rounds, { alone: true }))
}

/** Ten times, because one of them is short. */
async function microsecondsEach(run: () => Promise<unknown>, count: number): Promise<number> {
  const start = performance.now()
  for (let time = 0; time < 10; time += 1) await run()
  return ((performance.now() - start) * 1000) / (10 * count)
}
