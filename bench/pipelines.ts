import * as Effect from "effect/Effect"
import PQueue from "p-queue"
import { chain, chord, createSupervisor, defineTask, group } from "tasktor"
import { BullFlows } from "./contestants/bullmq.ts"
import { alternate } from "./harness/alternate.ts"
import type { Contestant, Samples } from "./harness/alternate.ts"
import type { Answer, Benchmark, Setup } from "./harness/benchmark.ts"
import { RedisServer } from "./harness/redis-server.ts"
import { median } from "./harness/statistics.ts"
import { tableOf } from "./harness/table.ts"
import { atMost, timesFaster } from "./harness/target.ts"

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
  question: "A chain of 1,000, a group of 10,000, a chord of 1,000 into 1, beside BullMQ's flows, p-queue and Effect",
  answer: async (setup) => {
    await using redis = setup.wants(bullName) ? await RedisServer.start() : undefined
    const bull = redis === undefined ? undefined : new BullFlows(redis, nextNumber)
    await bull?.ready()
    const supervisor = createSupervisor()
    const queue = new PQueue()
    const answers = [
      await answerFor(
        setup,
        `A chain of ${steps.toLocaleString("en")} asynchronous no-ops`,
        steps,
        bull && (() => bull.chain(steps)),
        {
          tasktor: () => supervisor.run(chain(increment(0), ...rest)).result(),
          "Effect, one after another": () => Effect.runPromise(effectChain),
          "p-queue, add() and await": async () => {
            let n = 0
            for (let step = 0; step < steps; step += 1) n = await queue.add(() => nextNumber(n))
          },
        },
      ),
      await answerFor(
        setup,
        `A group of ${members.toLocaleString("en")} asynchronous no-ops`,
        members,
        bull && (() => bull.group(members)),
        {
          tasktor: () => supervisor.run(group(upTo(members).map((n) => increment(n)))).result(),
          "Effect.forEach": () => Effect.runPromise(effectGroup(members)),
          "p-queue, addAll()": () => queue.addAll(upTo(members).map((n) => () => nextNumber(n))),
        },
      ),
      await answerFor(
        setup,
        `A chord of ${header.toLocaleString("en")} asynchronous no-ops into one`,
        header,
        bull && (() => bull.chord(header)),
        {
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
        },
      ),
    ]
    await bull?.close()
    return { tables: answers.flatMap(({ tables }) => tables), targets: answers.flatMap(({ targets }) => targets) }
  },
}

/** In one turn, so that all are measured warm: chains of a program that has just begun take twice as long. */
const tasksOfRound = 100_000

const bullName = "BullMQ, FlowProducer"

const rest = new Array<typeof increment>(steps - 1).fill(increment)

const effectChain = Effect.gen(function* () {
  let n = 0
  for (let step = 0; step < steps; step += 1) n = yield* Effect.promise(() => nextNumber(n))
  return n
})

const effectGroup = (count: number): Effect.Effect<readonly number[]> =>
  Effect.forEach(upTo(count), (n) => Effect.promise(() => nextNumber(n)), { concurrency: "unbounded" })

type Run = () => Promise<unknown>

async function answerFor(
  { rounds, wants }: Setup,
  title: string,
  count: number,
  bullRun: Run | undefined,
  runs: Readonly<Record<string, Run>>,
): Promise<Answer> {
  const contestants = Object.entries(runs)
    .filter(([name]) => wants(name))
    .map(([name, run]): Contestant<number> => ({
      name,
      round: () => microsecondsEach(run, count, tasksOfRound / count),
    }))
  const alone = await alternate(contestants, rounds, { alone: true, warmUps: 5 })
  // Redis works beside this process: measured apart, so that its turns are not taken for a busy machine.
  const bull = bullRun && { name: bullName, round: () => microsecondsEach(bullRun, count, 1) }
  const beside = await alternate(bull === undefined ? [] : [bull], rounds, { warmUps: 1 })
  const samples: Samples<number> = new Map([...alone, ...beside])
  return { tables: [tableOf(title, "µs each", samples)], targets: targetsFor(title, samples) }
}

function targetsFor(title: string, samples: Samples<number>): Answer["targets"] {
  const names = [...samples.keys()]
  const effect = names.find((name) => name.startsWith("Effect"))
  const rivals = names.filter((name) => name !== "tasktor" && name !== effect)
  const own = median(samples.get("tasktor") ?? [])
  const times = own / median(samples.get(effect ?? "") ?? [])
  return [
    ...timesFaster(samples, "tasktor", 1, `the best but Effect: ${title}`, rivals),
    ...atMost(`at most 3 × the time of Effect: ${title}`, times, 3, "×"),
  ]
}

/** @param times So often, where one of them is short. */
async function microsecondsEach(run: Run, count: number, times: number): Promise<number> {
  const start = performance.now()
  for (let time = 0; time < times; time += 1) await run()
  return ((performance.now() - start) * 1000) / (times * count)
}
