import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { setup } from "../support/setup.ts"
import { sleep } from "../support/wait.ts"

class NotFound extends Error {
  override readonly name = "NotFound"
}

describe("a body that returns an Effect", () => {
  it("completes with what it yields", async () => {
    const { supervisor, clock } = setup()
    const task = supervisor.addCoroutine(
      (ctx, n: number) =>
        Effect.gen(function* () {
          ctx.setProgress(0.5)
          const doubled = yield* Effect.succeed(n * 2)
          return doubled + 1
        }),
      [20],
    )
    await clock.settle()
    const output: number = await task.result()
    expect(output).toBe(41)
  })

  it.each([
    ["fails with an Error", Effect.fail(new NotFound("page 7")), "NotFound", "page 7"],
    ["dies", Effect.die(new NotFound("page 8")), "NotFound", "page 8"],
    ["fails with a text", Effect.fail("page 9"), "Error", "page 9"],
  ] as const)("that %s has failed of it", async (_title, effect, name, message) => {
    const { supervisor, clock } = setup()
    const task = supervisor.addCoroutine(() => effect as Effect.Effect<never, unknown>, [])
    await clock.settle()
    expect(task.snapshot.outcome).toMatchObject({ status: "failed", failure: { type: "error", error: { message } } })
    const outcome = await task.outcome()
    const error = outcome.status === "failed" && outcome.failure.type === "error" ? outcome.failure.error : undefined
    expect(error).toBeInstanceOf(Error)
    expect(error?.name).toBe(name)
  })

  it("sleeps on the supervisor's clock", async () => {
    const { supervisor, clock } = setup()
    const origin = clock.now()
    const task = supervisor.addCoroutine(() => Effect.sleep("10 minutes"), [])
    await clock.advance("9 minutes")
    expect(task.snapshot.status).toBe("running")
    await clock.advance("1 minute")
    expect(task.snapshot).toMatchObject({ status: "completed", settledAt: origin + 600_000 })
  })

  it("has the supervisor's time, and lets go of its sleep when it is cancelled", async () => {
    const { supervisor, clock } = setup()
    const times = Effect.gen(function* () {
      yield* Effect.sleep("1 second")
      const nanos = yield* Clock.currentTimeNanos
      return [yield* Clock.currentTimeMillis, Number(nanos / 1_000_000n)]
    })
    const task = supervisor.addCoroutine(() => times, [])
    const sleeper = supervisor.addCoroutine(() => Effect.sleep("1 hour"), [])
    await clock.advance("1 second")
    expect(await task.result()).toEqual([clock.now(), clock.now()])
    expect(await sleeper.cancel()).toBe("cancelled")
    expect(supervisor.inspect.stats()).toMatchObject({ timers: 0 })
  })

  it("runs its finalizers when it is cancelled, asynchronous ones too, before it has ended", async () => {
    const { supervisor, clock } = setup()
    const order: string[] = []
    const task = supervisor.addCoroutine(
      (ctx) =>
        Effect.acquireUseRelease(
          Effect.sync(() => void order.push("acquire")),
          () => Effect.never,
          () =>
            Effect.promise(async () => {
              order.push("release")
              await sleep(clock, 100)
              ctx.setMessage("released")
              order.push("released")
            }),
        ),
      [],
      { whenDone: () => order.push("whenDone") },
    )
    await clock.settle()
    const receipt = task.cancel()
    await clock.advance("99 ms")
    expect(task.snapshot.phase).toBe("cancelling")
    await clock.advance("1 second")
    expect(await receipt).toBe("cancelled")
    expect(order).toEqual(["acquire", "release", "released", "whenDone"])
    expect(task.snapshot.message).toBe("released")
  })

  it("runs its finalizers when it fails", async () => {
    const { supervisor, clock } = setup()
    let released = 0
    const failing = Effect.ensuring(
      Effect.fail(new NotFound("no")),
      Effect.sync(() => void released++),
    )
    const task = supervisor.addCoroutine(() => failing as Effect.Effect<never, unknown>, [])
    await clock.settle()
    expect([task.snapshot.status, released]).toEqual(["failed", 1])
  })

  it("is interrupted by a soft timeout, as which it has failed", async () => {
    const { supervisor, clock } = setup()
    let released = false
    const waiting = Effect.ensuring(
      Effect.never,
      Effect.sync(() => void (released = true)),
    )
    const task = supervisor.addCoroutine(() => waiting, [], { timeout: { soft: "1 second" } })
    await clock.advance("1 minute")
    expect(task.snapshot.outcome).toMatchObject({ status: "failed", failure: { type: "timeout", limit: "soft" } })
    expect(released).toBe(true)
  })

  it("is retried by the task's policy", async () => {
    const { supervisor, clock } = setup()
    const task = supervisor.addCoroutine(
      (ctx) =>
        (ctx.attempt < 3 ? Effect.fail(new NotFound("yet")) : Effect.succeed(ctx.attempt)) as Effect.Effect<
          number,
          unknown
        >,
      [],
      { retry: { maxAttempts: 3, delay: 0 } },
    )
    await clock.advance("1 second")
    expect(task.snapshot.outcome).toEqual({ status: "completed", output: 3 })
  })

  it("whose uninterruptible part lasts longer than the grace period is cut off", async () => {
    const { supervisor, clock } = setup()
    const origin = clock.now()
    const task = supervisor.addCoroutine(() => Effect.uninterruptible(Effect.never), [], { grace: "1 second" })
    await clock.settle()
    const receipt = task.cancel()
    await clock.advance("1 minute")
    expect(await receipt).toBe("abandoned")
    expect(task.snapshot.settledAt).toBe(origin + 1000)
  })

  it("may end by ctx.retry too", async () => {
    const { supervisor, clock } = setup()
    const task = supervisor.addCoroutine(
      (ctx) => Effect.sync(() => (ctx.attempt === 1 ? ctx.retry({ after: "1 second" }) : "second")),
      [],
      { retry: { maxAttempts: 2 } },
    )
    await clock.advance("1 minute")
    expect(task.snapshot.outcome).toEqual({ status: "completed", output: "second" })
  })

  it("may come out of a promise", async () => {
    const { supervisor, clock } = setup()
    const task = supervisor.addCoroutine(() => Effect.promise(() => Promise.resolve("from a promise")), [])
    await clock.settle()
    expect(task.snapshot.outcome).toEqual({ status: "completed", output: "from a promise" })
  })
})
