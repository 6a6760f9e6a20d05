import type { TaskContext } from "tasktor"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { expect, it } from "vitest"
import { reportingLoop } from "../fixtures/stopping.ts"
import { setup, setupReal, workers } from "../support/setup.ts"
import { gate, until, untilAborted } from "../support/wait.ts"

/** A task that only waits, and its context. */
async function silent() {
  const { supervisor, clock } = setup()
  const ready = gate<TaskContext>()
  const task = supervisor.addCoroutine(async (ctx) => {
    ready.open(ctx)
    await untilAborted(ctx)
  }, [])
  await clock.settle()
  return { supervisor, clock, task, ctx: await ready.opened }
}

it("9. ten thousand calls in a tick, then one each 10 ms: at most 31 notifications a second, the first at once, the last exact", async () => {
  const { clock, task, ctx } = await silent()
  const at: number[] = []
  task.subscribe(() => at.push(clock.now()))
  const begin = clock.now()
  ctx.setTotal(10_100)
  for (let i = 1; i <= 10_000; i++) ctx.setProgress(i)
  for (let i = 1; i <= 100; i++) {
    await clock.advance("10 ms")
    ctx.setProgress(10_000 + i)
  }
  await clock.advance("1 second")
  expect(at[0]).toBe(begin)
  const inTheSecondFrom = (from: number): number =>
    at.filter((instant) => instant >= from && instant < from + 1000).length
  expect(Math.max(...at.map(inTheSecondFrom))).toBeLessThanOrEqual(31)
  expect(task.snapshot).toMatchObject({ status: "running", progress: 1 })
})

it("9. a million calls leave no trace in memory", async () => {
  setFlagsFromString("--expose-gc")
  const gc = runInNewContext("gc") as () => void
  const { clock, ctx, task } = await silent()
  const call = (times: number): void => {
    for (let i = 1; i <= times; i++) ctx.setProgress(i / 4_000_000)
  }
  const settledHeap = async (): Promise<number> => {
    await clock.advance("1 second")
    gc()
    return process.memoryUsage().heapUsed
  }
  call(1_000_000)
  const before = await settledHeap()
  call(1_000_000)
  expect((await settledHeap()) - before).toBeLessThan(1_000_000)
  expect(task.snapshot.progress).toBe(0.25)
})

it.each(workers)("9. the progress of a loop that never yields is seen while it runs: %s", async (executor) => {
  const { supervisor } = setupReal({ concurrency: { [executor]: 1 } })
  const task = supervisor.run(reportingLoop(), { executor })
  const first = await until(task, ({ progress }) => progress > 0)
  const second = await until(task, ({ progress }) => progress > first.progress)
  expect(second.status).toBe("running")
  // Real time is what this is about: the loop keeps its thread, and no clock of a test's can turn while it does. 31 may come in a second,
  // and two more for what the timers' own lateness adds to it; so the 34th comes when the second is over.
  const at: number[] = []
  await until(task, () => at.push(performance.now()) > 33)
  expect((at[33] ?? 0) - (at[0] ?? 0)).toBeGreaterThanOrEqual(1000)
  expect(task.snapshot.phase).toBe("executing")
  expect(await task.cancel()).toBe("cancelled")
})
