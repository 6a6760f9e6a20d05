import { defineTask } from "tasktor"
import { describe, expect, it } from "vitest"
import { add, busyFor } from "../fixtures/bodies.ts"
import { ignores, ignoresBusily, partial } from "../fixtures/stopping.ts"
import { setup, setupReal, workers } from "../support/setup.ts"
import { sleep } from "../support/wait.ts"

const timeout = { soft: "1 second", hard: "2 seconds" } as const
const hard = { type: "timeout", limit: "hard", afterMs: 2000 } as const

describe("13. soft and hard timeouts: coroutine", () => {
  it("a body that catches the abort completes with its partial result, at the soft one", async () => {
    const { supervisor, clock } = setup()
    const begin = clock.now()
    const task = supervisor.run(partial(), { timeout })
    await clock.advance("1 minute")
    expect(task.snapshot.outcome).toEqual({ status: "completed", output: "partial" })
    expect(task.snapshot.settledAt).toBe(begin + 1000)
  })

  it("a body that ignores it fails at the hard one", async () => {
    const { supervisor, clock } = setup()
    const begin = clock.now()
    const task = supervisor.addCoroutine(() => new Promise<never>(() => {}), [], { timeout })
    await clock.advance("1 minute")
    expect(task.snapshot.outcome).toEqual({ status: "failed", failure: hard, attempts: [hard] })
    expect(task.snapshot.settledAt).toBe(begin + 2000)
  })

  it("the time in the queue does not count", async () => {
    const { supervisor, clock } = setup({ concurrency: { coroutine: 1 } })
    const begin = clock.now()
    supervisor.addCoroutine(() => sleep(clock, 10_000), [])
    const task = supervisor.run(partial(), { timeout })
    await clock.advance("1 minute")
    expect(task.snapshot).toMatchObject({ status: "completed", settledAt: begin + 11_000 })
  })

  it.each([[{ soft: "2 seconds", hard: "2 seconds" }], [{ soft: "3 seconds", hard: "2 seconds" }]] as const)(
    "%j is a RangeError at definition",
    (bad) => {
      expect(() => defineTask({ name: "impatient", timeout: bad, run: () => 1 })).toThrow(RangeError)
    },
  )
})

describe.each(workers)("13. soft and hard timeouts: %s", (executor) => {
  it("the partial result at the soft one, the failure at the hard one, and the pool goes on", async () => {
    const { supervisor } = setupReal({ concurrency: { [executor]: 3 } })
    // Warm workers: what is measured begins with the body.
    await Promise.all([1, 2, 3].map(() => supervisor.run(busyFor(100), { executor }).result()))
    const run = { executor, timeout } as const
    const tasks = [
      // It has all the time that a busy machine may take.
      supervisor.run(partial(), { executor, timeout: { soft: "1 second", hard: "1 minute" } }),
      supervisor.run(ignores(), run),
      supervisor.run(ignoresBusily(), run),
    ]
    const queued = supervisor.run(add(1, 1), { executor, timeout: { hard: "1 second" } })
    const outcomes = await Promise.all(tasks.map((task) => task.outcome()))
    const failed = { status: "failed", failure: hard, attempts: [hard] }
    expect(outcomes).toEqual([{ status: "completed", output: "partial" }, failed, failed])
    const took = tasks.map(({ snapshot }) => snapshot.settledAt! - snapshot.startedAt!)
    expect(took[0]).toBeGreaterThanOrEqual(990)
    for (const ms of took.slice(1)) expect(ms).toBeGreaterThanOrEqual(1990)
    expect(await queued.result()).toBe(2)
    expect(await Promise.all([1, 2, 3].map((n) => supervisor.run(add(n, n), { executor }).result()))).toEqual([2, 4, 6])
  })
})
