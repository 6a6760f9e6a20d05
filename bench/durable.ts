import { defineTask } from "tasktor"
import { BullQueue } from "./contestants/bull-queue.ts"
import { BossQueue } from "./contestants/pg-boss.ts"
import { workers } from "./contestants/pool.ts"
import { type Keeping, type Passage, passageOf } from "./contestants/tasktor-stored.ts"
import { alternate, type Contestant, type Samples } from "./harness/alternate.ts"
import type { Answer, Benchmark, Setup } from "./harness/benchmark.ts"
import { PostgresServer } from "./harness/postgres-server.ts"
import { untilQuiet } from "./harness/quiet.ts"
import { RedisServer } from "./harness/redis-server.ts"
import { median } from "./harness/statistics.ts"
import { tableOf } from "./harness/table.ts"
import { atMost, timesFaster } from "./harness/target.ts"
import { turnsPerMillisecond } from "./measures/calibrate.ts"
import { noop, spin } from "./workers/tasks.ts"

const tasks = 10_000
/** Coroutines and jobs at once: what BullMQ recommends for those that do not compute. */
const atOnce = 100

const nothing = async (): Promise<void> => {}
const nothingTask = defineTask({ name: "nothing", run: nothing })

const names: Readonly<Record<Keeping, string>> = {
  nothing: "tasktor, in memory",
  process: "tasktor, SQLite",
  power: "tasktor, SQLite, each batch synced",
}
const bullName = "BullMQ, Redis with appendfsync everysec"
const bossName = "pg-boss, PostgreSQL"

export const benchmark: Benchmark = {
  name: "durable",
  question: "10,000 tasks with the SQLite log and without, and beside BullMQ and pg-boss",
  answer: async (setup) => {
    await untilQuiet()
    const turns = turnsPerMillisecond()
    const threads = { executor: "thread", concurrency: workers, tasks } as const
    const coroutines = { executor: "coroutine", concurrency: atOnce, tasks, call: () => nothingTask() } as const
    const answers = [
      await inMemoryAndKept(setup, "of 1 ms of work on 2 threads", 1.3, {
        ...threads,
        call: () => spin.with({ executor: "thread" })(turns),
      }),
      await inMemoryAndKept(setup, "that do nothing, on 2 threads", undefined, {
        ...threads,
        call: () => noop.with({ executor: "thread" })(),
      }),
      await besideQueues(setup, coroutines),
    ]
    return { tables: answers.flatMap(({ tables }) => tables), targets: answers.flatMap(({ targets }) => targets) }
  },
}

type Kind = Omit<Passage, "keeping">

async function inMemoryAndKept(setup: Setup, what: string, most: number | undefined, kind: Kind): Promise<Answer> {
  const samples = await alternate(contestants(setup, kind, ["nothing", "process", "power"]), setup.rounds, {
    alone: true,
    warmUps: 1,
  })
  const promise = `at most ${most} × the time in memory, ${what}`
  return {
    tables: [tableOf(`10,000 tasks ${what}`, "ms", samples)],
    targets: most === undefined ? [] : atMost(promise, cost(samples), most, "×"),
  }
}

/** How many times as long it takes with a store. */
function cost(samples: Samples<number>): number {
  const [kept, inMemory] = [names.process, names.nothing].map((name) => median(samples.get(name) ?? []))
  return (kept ?? Number.NaN) / (inMemory ?? Number.NaN)
}

function contestants(setup: Setup, kind: Kind, ways: readonly Keeping[]): readonly Contestant<number>[] {
  return ways
    .filter((keeping) => setup.wants(names[keeping]))
    .map((keeping) => passageOf(names[keeping], { ...kind, keeping }))
}

async function besideQueues(setup: Setup, kind: Kind): Promise<Answer> {
  const { rounds } = setup
  const own = await alternate(contestants(setup, kind, ["process", "power", "nothing"]), rounds, { alone: true })
  // Servers work beside this process: measured apart, so that their turns are not taken for a busy machine.
  const queues = new Map([...(await bullRounds(setup)), ...(await bossRounds(setup))])
  const samples: Samples<number> = new Map([...own, ...queues])
  return {
    tables: [tableOf(`10,000 asynchronous no-ops, ${atOnce} at once, added and done`, "ms", samples)],
    targets: timesFaster(samples, names.process, 1, "the better of BullMQ and pg-boss", [bullName, bossName]),
  }
}

async function bullRounds({ rounds, wants }: Setup): Promise<Samples<number>> {
  await using redis = wants(bullName) ? await RedisServer.start("everysec") : undefined
  if (redis === undefined) return new Map()
  const queue = new BullQueue(redis, atOnce, nothing)
  await queue.ready()
  const round = async (): Promise<number> => {
    const elapsed = await timed(() => queue.processAll(tasks))
    await queue.forget()
    return elapsed
  }
  const samples = await alternate([{ name: bullName, round }], rounds, { warmUps: 1 })
  await queue.close()
  return samples
}

async function bossRounds({ rounds, wants }: Setup): Promise<Samples<number>> {
  await using postgres = wants(bossName) ? await PostgresServer.start() : undefined
  if (postgres === undefined) return new Map()
  const queue = new BossQueue(postgres, atOnce, nothing)
  await queue.ready()
  const round = async (): Promise<number> => {
    await queue.prepare()
    const elapsed = await timed(() => queue.processAll(tasks))
    await queue.forget()
    return elapsed
  }
  const samples = await alternate([{ name: bossName, round }], rounds, { warmUps: 1 })
  await queue.close()
  return samples
}

async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}
