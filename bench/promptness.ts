import { spawn } from "node:child_process"
import { once } from "node:events"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { createSupervisor, processExecutor, type TaskFailure, type TaskSnapshot, threadExecutor } from "tasktor"
import { isAlive } from "../test/support/os.ts"
import { alternate, type Contestant } from "./harness/alternate.ts"
import type { Benchmark } from "./harness/benchmark.ts"
import { pause } from "./harness/pause.ts"
import { quantile } from "./harness/statistics.ts"
import { tableOf } from "./harness/table.ts"
import { atMost } from "./harness/target.ts"
import { asleep, exhaustsMemory, exits, hears, unloadable } from "./workers/ending.ts"
import { hold } from "./workers/tasks.ts"

/** How long a user waits at most, in milliseconds: what is beyond is a defect to whoever watches. */
interface Case extends Contestant<number> {
  readonly limit: number
}

export const benchmark: Benchmark = {
  name: "promptness",
  question: "how long a user waits for what should come at once: a cancel, a failure, the end of a time limit",
  answer: async ({ rounds, wants }) => {
    const cases = [
      sleeper(),
      orphan(),
      ...(["thread", "process"] as const).flatMap((executor) => [
        queued(executor),
        failure(executor, "exits", "crash", () => exits()),
        failure(executor, "exhausts its heap", "crash", () => exhaustsMemory()),
        failure(executor, "has a module that does not load", "setup", () => unloadable()),
        softTimeout(executor),
        hardTimeout(executor),
      ]),
    ].filter(({ name }) => wants(name))
    const samples = await alternate(cases, rounds, { warmUps: 1 })
    return {
      tables: [tableOf("from the cause to what is told of it", "ms", samples)],
      targets: cases.flatMap(({ name, limit }) =>
        atMost(`${name}: at most ${limit} ms, each time`, quantile(samples.get(name) ?? [], 1), limit, "ms"),
      ),
    }
  },
}

type Executor = "thread" | "process"

function sleeper(): Case {
  const supervisor = createSupervisor()
  const round = async (): Promise<number> => {
    const task = supervisor.run(asleep())
    while (task.snapshot.status !== "running") await pause(1)
    return timeOf(() => task.cancel())
  }
  return { name: "cancel of a coroutine that sleeps", limit: 50, round }
}

/** A program is killed whose body hears nothing, in a process of its own: until that is gone as well. */
function orphan(): Case {
  const program = fileURLToPath(new URL("./workers/parent.ts", import.meta.url))
  const round = async (): Promise<number> => {
    const parent = spawn(process.execPath, [program, "be the parent"], { stdio: ["ignore", "pipe", "inherit"] })
    const [child] = (await once(createInterface(parent.stdout), "line")) as [string]
    if (!isAlive(Number(child))) throw new Error(`There is no process ${child}`)
    const asked = performance.now()
    parent.kill("SIGKILL")
    while (isAlive(Number(child))) await pause(1)
    return performance.now() - asked
  }
  return { name: "end of a deaf body in a process whose program is killed", limit: 2000, round }
}

/** Behind a task that keeps the only slot. */
function queued(executor: Executor): Case {
  const supervisor = createSupervisor({ concurrency: { [executor]: 1 } })
  const round = async (): Promise<number> => {
    const busy = supervisor.run(hold.with({ executor })(300))
    const task = supervisor.run(hold.with({ executor })(0))
    while (busy.snapshot.status !== "running") await pause(1)
    const took = await timeOf(() => task.cancel())
    await busy.result()
    return took
  }
  return { name: `cancel of what waits behind a busy ${executor}`, limit: 50, round }
}

/** From the submit to the outcome, the start of a worker included. */
function failure(
  executor: Executor,
  how: string,
  type: TaskFailure["type"],
  call: () => ReturnType<typeof exits>,
): Case {
  const limits = { resourceLimits: { maxOldGenerationSizeMb: 32 } }
  const made = executor === "thread" ? threadExecutor(limits) : processExecutor(limits)
  const supervisor = createSupervisor({ executors: [made], concurrency: { [executor]: 1 }, warn: () => undefined })
  const round = async (): Promise<number> => {
    const asked = performance.now()
    expectFailure(await supervisor.run(call().with({ executor })).outcome(), type)
    return performance.now() - asked
  }
  return { name: `failure of a body in a ${executor} that ${how}`, limit: 2000, round }
}

function softTimeout(executor: Executor): Case {
  const supervisor = createSupervisor({ concurrency: { [executor]: 1 } })
  const round = async (): Promise<number> => {
    const task = supervisor.run(hears.with({ executor })(), { timeout: { soft: 100, hard: 60_000 } })
    await task.result()
    return lateness(task.snapshot, 100)
  }
  return { name: `soft timeout in a ${executor}`, limit: 500, round }
}

function hardTimeout(executor: Executor): Case {
  const supervisor = createSupervisor({ concurrency: { [executor]: 1 } })
  const round = async (): Promise<number> => {
    const task = supervisor.run(hold.with({ executor })(60_000), { timeout: { hard: 100 } })
    expectFailure(await task.outcome(), "timeout")
    return lateness(task.snapshot, 100)
  }
  return { name: `hard timeout of a deaf body in a ${executor}`, limit: 500, round }
}

function lateness({ startedAt, settledAt }: TaskSnapshot, limit: number): number {
  return (settledAt ?? Number.NaN) - (startedAt ?? Number.NaN) - limit
}

/** What fails is what is measured here, and how: anything else is a mistake of the benchmark. */
function expectFailure(
  outcome: { readonly status: string; readonly failure?: TaskFailure },
  type: TaskFailure["type"],
): void {
  if (outcome.failure?.type !== type) throw new Error(`The task is ${outcome.status}: ${outcome.failure?.type}`)
}

async function timeOf(what: () => Promise<unknown>): Promise<number> {
  const asked = performance.now()
  await what()
  return performance.now() - asked
}
