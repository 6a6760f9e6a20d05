import * as fc from "fast-check"
import { createSupervisor, type RetryPolicy, type TaskContext } from "tasktor"
import { simulatedClock } from "tasktor/testing"
import { describe, expect, it } from "vitest"
import { setup } from "../support/setup.ts"
import { untilAborted } from "../support/wait.ts"

class Refused extends Error {
  override readonly name = "Refused"
}

/** A body that fails every attempt and notes when. */
function failing(at: number[], now: () => number): () => never {
  return () => {
    at.push(now())
    throw new Refused(`attempt ${at.length}`)
  }
}

describe("a retry policy", () => {
  const exact = { delay: "1 second", jitter: "none" } as const

  it.each([
    ["constant", { maxAttempts: 4, backoff: "constant", ...exact }, [0, 1000, 2000, 3000]],
    ["linear", { maxAttempts: 4, backoff: "linear", ...exact }, [0, 1000, 3000, 6000]],
    ["exponential", { maxAttempts: 4, backoff: "exponential", ...exact }, [0, 1000, 3000, 7000]],
    ["exponential when it does not say", { maxAttempts: 4, ...exact }, [0, 1000, 3000, 7000]],
    ["never longer than maxDelay", { maxAttempts: 5, maxDelay: "3 seconds", ...exact }, [0, 1000, 3000, 6000, 9000]],
    ["a second at first when it does not say", { maxAttempts: 2, jitter: "none" }, [0, 1000]],
    ["of no delay", { maxAttempts: 3, delay: 0 }, [0, 0, 0]],
    ["of one attempt", { maxAttempts: 1 }, [0]],
  ] as const satisfies readonly (readonly [string, RetryPolicy, readonly number[]])[])(
    "is %s",
    async (_title, retry, expected) => {
      const { supervisor, clock } = setup()
      const origin = clock.now()
      const at: number[] = []
      const task = supervisor.addCoroutine(
        failing(at, () => clock.now() - origin),
        [],
        { retry },
      )
      await clock.advance("1 hour")
      expect(at).toEqual(expected)
      expect(task.snapshot.status).toBe("failed")
      expect(task.snapshot.attempt).toBe(expected.length)
    },
  )

  it("without one there is one attempt", async () => {
    const { supervisor, clock } = setup()
    const at: number[] = []
    const task = supervisor.addCoroutine(
      failing(at, () => clock.now()),
      [],
    )
    await clock.advance("1 hour")
    expect(at).toHaveLength(1)
    expect(task.snapshot.status).toBe("failed")
  })

  it("caps a wait at ten minutes when it does not say", async () => {
    const { supervisor, clock } = setup()
    const at: number[] = []
    const retry = { maxAttempts: 3, delay: "1 day", jitter: "none" } as const
    supervisor.addCoroutine(
      failing(at, () => clock.now()),
      [],
      { retry },
    )
    await clock.advance("1 hour")
    expect(at.map((instant) => instant - at[0]!)).toEqual([0, 600_000, 1_200_000])
  })

  it.each([
    ["full jitter takes anything between nothing and the wait", "full", 0.25, 250],
    ["equal jitter takes at least the half", "equal", 0.5, 750],
    ["jitter is full when it does not say", undefined, 0.75, 750],
    ["no jitter asks for no random number", "none", Number.NaN, 1000],
  ] as const)("%s", async (_title, jitter, random, wait) => {
    const { supervisor, clock } = setup({ random: () => random })
    const retry: RetryPolicy = { maxAttempts: 2, delay: "1 second", ...(jitter === undefined ? {} : { jitter }) }
    const task = supervisor.addCoroutine(
      failing([], () => 0),
      [],
      { retry },
    )
    const origin = clock.now()
    await clock.settle()
    expect(task.snapshot).toMatchObject({ status: "pending", phase: "backoff", nextAttemptAt: origin + wait })
  })

  it("waits within its bounds, for any policy and any randomness", async () => {
    const anyPolicy = fc.record({
      maxAttempts: fc.integer({ min: 2, max: 8 }),
      delay: fc.integer({ min: 0, max: 10_000 }),
      backoff: fc.constantFrom("constant", "linear", "exponential"),
      maxDelay: fc.integer({ min: 0, max: 60_000 }),
      jitter: fc.constantFrom("none", "full", "equal"),
    })
    const anyRandom = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
    await fc.assert(
      fc.asyncProperty(anyPolicy, fc.infiniteStream(anyRandom), async (retry, numbers) => {
        const clock = simulatedClock()
        const supervisor = createSupervisor({ clock, random: () => numbers.next().value as number })
        const at: number[] = []
        supervisor.addCoroutine(
          failing(at, () => clock.now()),
          [],
          { retry },
        )
        await clock.advance("10 minutes")
        expect(at).toHaveLength(retry.maxAttempts)
        at.slice(1).forEach((instant, i) => {
          const growth = { constant: 1, linear: i + 1, exponential: 2 ** i }[retry.backoff]
          const most = Math.min(retry.delay * growth, retry.maxDelay)
          const least = { none: most, equal: most / 2, full: 0 }[retry.jitter]
          const wait = instant - at[i]!
          expect(wait).toBeGreaterThanOrEqual(Math.floor(least))
          expect(wait).toBeLessThanOrEqual(Math.ceil(most))
        })
        await supervisor.shutdown()
      }),
      { numRuns: 60 },
    )
  })

  it("asks `when` about each failure, and takes no for an answer", async () => {
    const { supervisor, clock } = setup()
    const asked: string[] = []
    const task = supervisor.addCoroutine(
      failing([], () => 0),
      [],
      {
        retry: {
          maxAttempts: 10,
          delay: 0,
          when: (failure) => {
            if (failure.type === "error") asked.push(failure.error.message)
            return asked.length < 3
          },
        },
      },
    )
    await clock.advance("1 minute")
    expect(asked).toEqual(["attempt 1", "attempt 2", "attempt 3"])
    expect(task.snapshot).toMatchObject({ status: "failed", attempt: 3 })
  })

  it("is none when `when` throws, which is reported", async () => {
    const { supervisor, clock, warnings } = setup()
    const broken = (): boolean => {
      throw new Error("undecided")
    }
    const retry = { maxAttempts: 10, delay: 0, when: broken }
    const task = supervisor.addCoroutine(
      failing([], () => 0),
      [],
      { retry },
    )
    await clock.advance("1 minute")
    expect(task.snapshot).toMatchObject({ status: "failed", attempt: 1 })
    expect(warnings).toMatchObject([
      { message: expect.stringContaining("retry.when"), cause: { message: "undecided" } },
    ])
  })

  it("of a timeout gives another attempt", async () => {
    const { supervisor, clock } = setup()
    const task = supervisor.addCoroutine(async (ctx) => (ctx.attempt === 1 ? untilAborted(ctx) : "second try"), [], {
      timeout: { hard: "1 second" },
      retry: { maxAttempts: 2, delay: 0 },
    })
    await clock.advance("1 minute")
    expect(task.snapshot.outcome).toEqual({ status: "completed", output: "second try" })
  })
})

describe("in backoff", () => {
  const retry = { maxAttempts: 3, delay: "1 minute", jitter: "none" } as const

  it("a task holds no slot", async () => {
    const { supervisor, clock } = setup({ concurrency: { coroutine: 1 } })
    const task = supervisor.addCoroutine(
      failing([], () => 0),
      [],
      { retry },
    )
    const other = supervisor.addCoroutine(() => "other", [])
    await clock.settle()
    expect([task.snapshot.phase, other.snapshot.status]).toEqual(["backoff", "completed"])
  })

  it("a task is cancelled at once", async () => {
    const { supervisor, clock } = setup()
    const at: number[] = []
    const task = supervisor.addCoroutine(
      failing(at, () => 0),
      [],
      { retry },
    )
    await clock.settle()
    expect(await task.cancel()).toBe("cancelled")
    await clock.advance("1 hour")
    expect(at).toHaveLength(1)
    expect(task.snapshot.outcome).toEqual({ status: "cancelled", reason: { type: "requested" } })
  })

  it("the last failure is known, and the next attempt's number is one more", async () => {
    const { supervisor, clock } = setup()
    const attempts: number[] = []
    const task = supervisor.addCoroutine(
      (ctx) => {
        attempts.push(ctx.attempt)
        throw new Refused("no")
      },
      [],
      { retry },
    )
    await clock.settle()
    expect(task.snapshot.failures).toMatchObject([{ type: "error", error: { message: "no" } }])
    await clock.advance("1 hour")
    expect(attempts).toEqual([1, 2, 3])
  })

  it("progress begins again with the next attempt", async () => {
    const { supervisor, clock } = setup()
    const task = supervisor.addCoroutine(
      async (ctx) => {
        if (ctx.attempt === 2) return untilAborted(ctx)
        ctx.setProgress(0.7)
        throw new Refused("no")
      },
      [],
      { retry },
    )
    await clock.settle()
    expect(task.snapshot).toMatchObject({ phase: "backoff", progress: 0.7 })
    await clock.advance("1 minute")
    expect(task.snapshot).toMatchObject({ phase: "executing", progress: 0, attempt: 2 })
  })

  it("callbacks are not called between attempts, but once at the end", async () => {
    const { supervisor, clock } = setup()
    const done: string[] = []
    supervisor.addCoroutine(
      failing([], () => 0),
      [],
      { retry, whenDone: (task) => done.push(task.snapshot.status) },
    )
    await clock.advance("1 minute")
    expect(done).toEqual([])
    await clock.advance("1 hour")
    expect(done).toEqual(["failed"])
  })
})

describe("ctx.retry", () => {
  it("uses the task's own policy", async () => {
    const { supervisor, clock } = setup()
    const origin = clock.now()
    const at: number[] = []
    const body = (ctx: TaskContext): string => {
      at.push(clock.now() - origin)
      return ctx.attempt < 4 ? ctx.retry() : "at last"
    }
    const retry = { maxAttempts: 5, delay: "1 second", jitter: "none" } as const
    const task = supervisor.addCoroutine(body, [], { retry })
    await clock.advance("1 hour")
    expect(at).toEqual([0, 1000, 3000, 7000])
    expect(task.snapshot.outcome).toEqual({ status: "completed", output: "at last" })
  })

  it("waits for `after` when it is given", async () => {
    const { supervisor, clock } = setup()
    const origin = clock.now()
    const at: number[] = []
    const body = (ctx: TaskContext): number =>
      at.push(clock.now() - origin) === 1 ? ctx.retry({ after: "5 seconds" }) : at.length
    supervisor.addCoroutine(body, [], { retry: { maxAttempts: 2, delay: "1 second", jitter: "none" } })
    await clock.advance("1 minute")
    expect(at).toEqual([0, 5000])
  })

  it("ends the body there", async () => {
    const { supervisor, clock } = setup()
    let beyond = false
    const task = supervisor.addCoroutine((ctx) => {
      ctx.retry()
      // oxlint-disable-next-line no-unreachable -- that it is unreachable is what is tested
      beyond = true
    }, [])
    await clock.advance("1 minute")
    expect(beyond).toBe(false)
    expect(task.snapshot.status).toBe("failed")
  })

  it("gives no more attempts than the policy does", async () => {
    const { supervisor, clock } = setup()
    const attempts: number[] = []
    const body = (ctx: TaskContext): never => {
      attempts.push(ctx.attempt)
      return ctx.retry({ after: 0 })
    }
    const task = supervisor.addCoroutine(body, [], { retry: { maxAttempts: 3 } })
    await clock.advance("1 hour")
    expect(attempts).toEqual([1, 2, 3])
    expect(task.snapshot.outcome).toMatchObject({ status: "failed", attempts: [{}, {}, {}] })
  })

  it("names its error as the attempt's failure", async () => {
    const { supervisor, clock } = setup()
    const error = new Refused("busy")
    const task = supervisor.addCoroutine((ctx) => ctx.retry({ error }), [], { retry: { maxAttempts: 2, delay: 0 } })
    await clock.advance("1 minute")
    expect(task.snapshot.outcome).toEqual({
      status: "failed",
      failure: { type: "error", error },
      attempts: [
        { type: "error", error },
        { type: "error", error },
      ],
    })
  })

  it("is no way around a cancel", async () => {
    const { supervisor, clock } = setup()
    const task = supervisor.addCoroutine(
      async (ctx) => {
        await untilAborted(ctx).catch(() => {})
        return ctx.retry({ after: 0 })
      },
      [],
      { retry: { maxAttempts: 5 } },
    )
    await clock.settle()
    const receipt = task.cancel()
    await clock.settle()
    expect(await receipt).toBe("cancelled")
    expect(task.snapshot).toMatchObject({ status: "cancelled", attempt: 1 })
  })
})

describe("what a body throws", () => {
  it("is the failure's error itself, in a coroutine", async () => {
    const { supervisor, clock } = setup()
    const error = new Refused("no", { cause: new Error("closed") })
    const task = supervisor.addCoroutine(() => {
      throw error
    }, [])
    await clock.settle()
    const outcome = await task.outcome()
    expect(outcome).toEqual({
      status: "failed",
      failure: { type: "error", error },
      attempts: [{ type: "error", error }],
    })
    expect(outcome.status === "failed" && outcome.failure.type === "error" && outcome.failure.error).toBe(error)
  })

  it.each([
    ["a text", "just so"],
    ["nothing", undefined],
    ["a symbol", Symbol("so")],
    ["a plain object", { code: 7 }],
    ["an object that has no text", Object.create(null)],
  ])("is made an Error when it is %s", async (_title, thrown) => {
    const { supervisor, clock } = setup()
    const task = supervisor.addCoroutine(async () => {
      // oxlint-disable-next-line typescript/only-throw-error -- that people do is what is tested
      throw thrown
    }, [])
    await clock.settle()
    const { outcome } = task.snapshot
    const error = outcome?.status === "failed" && outcome.failure.type === "error" ? outcome.failure.error : undefined
    expect(error).toBeInstanceOf(Error)
    expect(error?.message).not.toBe("[object Object]")
  })
})

it("that a body asks for, and which there is none left of, leaves an error that says so, as plain data too", async () => {
  const { supervisor, clock } = setup()
  const task = supervisor.addCoroutine((ctx) => ctx.retry({ after: 20 }), [], { retry: { maxAttempts: 2 } })
  await clock.advance("1 second")
  const outcome = await task.outcome()
  const error = { message: "Attempt 2 asked for another one (ctx.retry), and gave no error" }
  expect(outcome).toMatchObject({ status: "failed", failure: { type: "error", error } })
  expect(() => JSON.stringify(outcome)).not.toThrow()
})
