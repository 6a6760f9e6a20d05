import type { TaskContext, TaskSnapshot } from "tasktor"
import { describe, expect, it } from "vitest"
import { thirdTime } from "../fixtures/bodies.ts"
import { crashesOnce } from "../fixtures/failing.ts"
import { executors, setup, setupFor, setupReal, workers } from "../support/setup.ts"

const retry = { maxAttempts: 4, delay: "1 second", backoff: "exponential", jitter: "none" } as const

/** A body that fails its first two attempts in one way or another, and notes when each began. */
function thirdTimeLucky(fail: (ctx: TaskContext) => never) {
  const { supervisor, clock } = setup()
  const origin = clock.now()
  const at: number[] = []
  const task = supervisor.addCoroutine(
    (ctx) => {
      at.push(clock.now() - origin)
      return ctx.attempt < 3 ? fail(ctx) : "at last"
    },
    [],
    { retry },
  )
  return { clock, origin, at, task }
}

const ways = {
  "an error": (): never => {
    throw new Error("not yet")
  },
  "ctx.retry()": (ctx: TaskContext): never => ctx.retry(),
}

describe.each(Object.entries(ways))("14. a body that ends its attempts by %s", (_title, fail) => {
  it("has them at 0, 1 and 3 seconds", async () => {
    const { clock, at, task } = thirdTimeLucky(fail)
    await clock.advance("1 minute")
    expect(at).toEqual([0, 1000, 3000])
    expect(task.snapshot.outcome).toEqual({ status: "completed", output: "at last" })
  })

  it("is in backoff in between, and says until when", async () => {
    const { clock, origin, task } = thirdTimeLucky(fail)
    const seen: Pick<TaskSnapshot, "status" | "phase" | "attempt" | "nextAttemptAt">[] = []
    for (const ms of [0, 999, 1, 1999, 1]) {
      await clock.advance(ms)
      const { status, phase, attempt, nextAttemptAt } = task.snapshot
      seen.push({ status, phase, attempt, nextAttemptAt })
    }
    const waiting = (attempt: number, ms: number) => ({
      status: "pending",
      phase: "backoff",
      attempt,
      nextAttemptAt: origin + ms,
    })
    expect(seen).toEqual([
      waiting(1, 1000),
      waiting(1, 1000),
      waiting(2, 3000),
      waiting(2, 3000),
      { status: "completed", phase: "settled", attempt: 3, nextAttemptAt: undefined },
    ])
  })
})

it.each([0, 0.5, 0.999_999])("14. a full-jitter delay lies in 0..cap (random %d)", async (random) => {
  const { supervisor, clock } = setup({ random: () => random })
  const policy = { maxAttempts: 10, delay: "1 second", maxDelay: "5 seconds", jitter: "full" } as const
  const at: number[] = []
  supervisor.addCoroutine(
    () => {
      at.push(clock.now())
      throw new Error("no")
    },
    [],
    { retry: policy },
  )
  await clock.advance("1 minute")
  expect(at).toHaveLength(10)
  for (const [i, instant] of at.slice(1).entries()) {
    const cap = Math.min(1000 * 2 ** i, 5000)
    expect(instant - at[i]!).toBeGreaterThanOrEqual(0)
    expect(instant - at[i]!).toBeLessThanOrEqual(cap)
  }
})

it("14. exhausted, it has failed with every attempt's failure", async () => {
  const { supervisor, clock } = setup()
  const task = supervisor.addCoroutine(
    (ctx) => {
      throw new Error(`attempt ${ctx.attempt}`)
    },
    [],
    { retry },
  )
  await clock.advance("1 minute")
  const failures = [1, 2, 3, 4].map((n) => ({ type: "error", error: { message: `attempt ${n}` } }))
  expect(task.snapshot.outcome).toMatchObject({ status: "failed", failure: failures[3], attempts: failures })
  expect(task.snapshot.attempt).toBe(4)
})

it.each(executors)("14. the attempts are counted and kept: %s", async (executor) => {
  const { supervisor, wait } = setupFor(executor)
  const task = supervisor.run(thirdTime(), { executor, retry: { maxAttempts: 4, delay: 10, jitter: "none" } })
  expect(await wait(task.result())).toBe(3)
  expect(task.snapshot.failures).toMatchObject([
    { type: "error", error: { message: "attempt 1" } },
    { type: "error", error: { message: "attempt 2" } },
  ])
})

describe.each(workers)("14. a crash of a %s", (executor) => {
  it("consumes an attempt", async () => {
    const { supervisor } = setupReal({ concurrency: { [executor]: 1 } })
    const task = supervisor.run(crashesOnce(), { executor, retry: { maxAttempts: 2, delay: 0 } })
    expect(await task.result()).toBe(2)
    expect(task.snapshot.failures).toMatchObject([{ type: "crash", exitCode: 3 }])
  })

  it("is the end when there is no other attempt", async () => {
    const { supervisor } = setupReal({ concurrency: { [executor]: 1 } })
    const outcome = await supervisor.run(crashesOnce(), { executor }).outcome()
    expect(outcome).toMatchObject({ status: "failed", failure: { type: "crash", exitCode: 3 }, attempts: [{}] })
  })
})
