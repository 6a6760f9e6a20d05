import { tasktorWith } from "../contestants/tasktor.ts"
import type { Entrant } from "../contestants/pool.ts"
import type { Contestant } from "../harness/alternate.ts"

const tasks = 50_000

/** Microseconds for each of 50,000 no-ops that are submitted in one go and awaited one by one. */
export function awaitedResults({ name, open }: Entrant): Contestant<number> {
  const pool = open("noop")
  return { name, round: () => timed(() => awaitAll(() => pool.run())) }
}

async function awaitAll(run: () => PromiseLike<unknown>): Promise<void> {
  const results = new Array<PromiseLike<unknown>>(tasks)
  for (let task = 0; task < tasks; task += 1) results[task] = run()
  await Promise.all(results)
}

/** The same without a promise for each task: tasktor says when all have settled. */
export function settledTogether(name: string, executor: "thread" | "process"): Contestant<number> {
  const { supervisor, submit } = tasktorWith(executor, "noop")
  const submitAll = async (): Promise<void> => {
    for (let task = 0; task < tasks; task += 1) submit()
    await supervisor.settled()
  }
  return { name, round: () => timed(submitAll) }
}

async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now()
  await work()
  return ((performance.now() - start) * 1000) / tasks
}
