import * as fc from "fast-check"
import type { Clock, DurationInput } from "tasktor"
import { simulatedClock } from "tasktor/testing"
import { describe, expect, it } from "vitest"
import { setup, setupReal } from "../support/setup.ts"
import { forEver, gate, sleep, untilAborted } from "../support/wait.ts"

describe("a duration", () => {
  const unitMs = {
    ms: 1,
    millis: 1,
    second: 1000,
    seconds: 1000,
    minute: 60_000,
    minutes: 60_000,
    hour: 3_600_000,
    hours: 3_600_000,
    day: 86_400_000,
    days: 86_400_000,
  } as const

  it("is a number of milliseconds, or a text with any of the units", () => {
    const { supervisor, clock } = setup()
    const anyUnit = fc.constantFrom(...(Object.keys(unitMs) as (keyof typeof unitMs)[]))
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 999 }), anyUnit, (amount, unit) => {
        const byText = supervisor.addCoroutine(() => 1, [], { delay: `${amount} ${unit}` })
        const byNumber = supervisor.addCoroutine(() => 1, [], { delay: amount * unitMs[unit] })
        expect(byText.snapshot.nextAttemptAt).toBe(clock.now() + amount * unitMs[unit])
        expect(byNumber.snapshot.nextAttemptAt).toBe(byText.snapshot.nextAttemptAt)
      }),
    )
  })

  it.each([
    ["0.5 seconds", 500],
    ["1.5 hours", 5_400_000],
    ["1e3 ms", 1000],
    [250, 250],
  ] as const)("%j is %i ms", (delay, ms) => {
    const { supervisor, clock } = setup()
    const task = supervisor.addCoroutine(() => 1, [], { delay })
    expect(task.snapshot.nextAttemptAt).toBe(clock.now() + ms)
  })
})

describe("a wall clock that jumps", () => {
  /** A supervisor whose wall clock can be set, while time goes on as ever. */
  function setupJumping() {
    const clock = simulatedClock()
    let jump = 0
    const { supervisor } = setup({ clock: { ...clock, now: () => clock.now() + jump } })
    const start = clock.now()
    const setBy = (ms: number): void => void (jump = ms)
    return { supervisor, clock, setBy, at: (ms: number) => new Date(start + ms) }
  }
  const hour = 3_600_000

  it("backwards: a Date is waited for, a duration is as long as ever", async () => {
    const { supervisor, clock, setBy, at } = setupJumping()
    const late = supervisor.addCoroutine(() => 1, [], { delay: at(1000) })
    const soon = supervisor.addCoroutine(() => 1, [], { delay: "1 second" })
    const expires = supervisor.addCoroutine(() => 1, [], { delay: "1 day", expires: at(1000) })
    const deadline = supervisor.addCoroutine(untilAborted, [], { deadline: at(1000) })
    const states = (): readonly string[] => [late, soon, expires, deadline].map(({ snapshot }) => snapshot.status)
    await clock.settle()
    setBy(-hour)
    await clock.advance("1 minute")
    expect(states()).toEqual(["pending", "completed", "pending", "running"])
    await clock.advance("1 hour")
    expect(states()).toEqual(["completed", "completed", "cancelled", "failed"])
  })

  it("forwards, or stands still while the machine sleeps: a Date that is over is noticed within a minute", async () => {
    const { supervisor, clock, setBy, at } = setupJumping()
    const delayed = supervisor.addCoroutine(() => 1, [], { delay: at(2 * hour) })
    const soon = supervisor.addCoroutine(() => 1, [], { delay: "2 hours" })
    const expires = supervisor.addCoroutine(() => 1, [], { delay: "1 day", expires: at(2 * hour) })
    const deadline = supervisor.addCoroutine(untilAborted, [], { deadline: at(2 * hour) })
    const states = (): readonly string[] => [delayed, soon, expires, deadline].map(({ snapshot }) => snapshot.status)
    await clock.advance("1 hour")
    setBy(3 * hour)
    await clock.advance("1 minute")
    expect(states()).toEqual(["completed", "pending", "cancelled", "failed"])
    await clock.advance("1 hour")
    expect(states()).toEqual(["completed", "completed", "cancelled", "failed"])
  })

  it("forwards: nothing that has a while to go is over", async () => {
    const { supervisor, clock, setBy } = setupJumping()
    const first = supervisor.addCoroutine(() => sleep(clock, 1000), [], { key: "k" })
    const limits = { key: "k", onConflict: "queue", expires: "1 minute", deadline: "1 minute" } as const
    const second = supervisor.addCoroutine(() => 1, [], limits)
    await clock.settle()
    setBy(hour)
    await clock.advance("1 second")
    expect([first, second].map(({ snapshot }) => snapshot.status)).toEqual(["completed", "completed"])
  })
})

it("a Date that is far away is reached by a simulated clock in one step", async () => {
  const { supervisor, clock } = setup()
  const task = supervisor.addCoroutine(() => 1, [], { delay: new Date(clock.now() + 400 * 86_400_000) })
  let turns = 0
  const count = (): void => {
    if (task.snapshot.status !== "pending") return
    turns++
    setImmediate(count)
  }
  setImmediate(count)
  await clock.advance("400 days")
  expect(task.snapshot.status).toBe("completed")
  expect(turns).toBeLessThan(1000)
})

describe("a delay", () => {
  it.each([
    ["a duration", "10 minutes", 600_000],
    ["a number", 1500, 1500],
  ] as const)("that is %s counts from the submit", async (_title, delay, ms) => {
    const { supervisor, clock } = setup()
    const submitted = clock.now()
    const task = supervisor.addCoroutine(() => clock.now() - submitted, [], { delay })
    expect(task.snapshot).toMatchObject({ status: "pending", phase: "delayed", nextAttemptAt: submitted + ms })
    await clock.advance(ms - 1)
    expect(task.snapshot.phase).toBe("delayed")
    await clock.advance(1)
    expect(task.snapshot.outcome).toEqual({ status: "completed", output: ms })
    expect(task.snapshot.nextAttemptAt).toBeUndefined()
  })

  it("that is a Date is that instant", async () => {
    const { supervisor, clock } = setup()
    const instant = clock.now() + 5000
    const task = supervisor.addCoroutine(() => clock.now(), [], { delay: new Date(instant) })
    await clock.advance("1 minute")
    expect(task.snapshot.outcome).toEqual({ status: "completed", output: instant })
  })

  it.each([
    ["of nothing", 0],
    ["until an instant that is over", new Date(0)],
  ])("%s is no delay", async (_title, delay) => {
    const { supervisor, clock } = setup()
    const task = supervisor.addCoroutine(() => "now", [], { delay })
    await clock.settle()
    expect(task.snapshot.outcome).toEqual({ status: "completed", output: "now" })
  })

  it("longer than a platform timer can hold is kept", async () => {
    const { supervisor, clock } = setup()
    const task = supervisor.addCoroutine(() => 1, [], { delay: "60 days" })
    await clock.advance("59 days")
    expect(task.snapshot.phase).toBe("delayed")
    await clock.advance("1 day")
    expect(task.snapshot.status).toBe("completed")
  })

  it("ends at once when the task is cancelled, whose body never runs", async () => {
    const { supervisor, clock } = setup()
    let ran = false
    const task = supervisor.addCoroutine(() => void (ran = true), [], { delay: "1 hour" })
    await clock.settle()
    expect(await task.cancel()).toBe("cancelled")
    await clock.advance("2 hours")
    expect(task.snapshot.status).toBe("cancelled")
    expect(ran).toBe(false)
  })
})

describe("expiry", () => {
  it("cancels a task that has not started by then, at that instant", async () => {
    const { supervisor, clock } = setup({ concurrency: { coroutine: 1 } })
    const submitted = clock.now()
    supervisor.addCoroutine(() => sleep(clock, 60_000), [])
    let ran = false
    const task = supervisor.addCoroutine(() => void (ran = true), [], { expires: "10 seconds" })
    await clock.advance("9 seconds")
    expect(task.snapshot.phase).toBe("queued")
    await clock.advance("1 second")
    expect(task.snapshot.outcome).toEqual({ status: "cancelled", reason: { type: "expired" } })
    expect(task.snapshot.settledAt).toBe(submitted + 10_000)
    await clock.advance("2 minutes")
    expect(ran).toBe(false)
  })

  it("leaves alone a task that started in time", async () => {
    const { supervisor, clock } = setup()
    const task = supervisor.addCoroutine(() => sleep(clock, 60_000), [], { expires: "10 seconds" })
    await clock.advance("2 minutes")
    expect(task.snapshot.status).toBe("completed")
  })

  it("in the past means never", async () => {
    const { supervisor, clock } = setup()
    let ran = false
    const task = supervisor.addCoroutine(() => void (ran = true), [], { expires: new Date(0) })
    await clock.settle()
    expect(task.snapshot.outcome).toEqual({ status: "cancelled", reason: { type: "expired" } })
    expect(ran).toBe(false)
  })

  it("before the end of its delay means never", async () => {
    const { supervisor, clock } = setup()
    const task = supervisor.addCoroutine(() => 1, [], { delay: "2 seconds", expires: "1 second" })
    await clock.advance("1 minute")
    expect(task.snapshot.outcome).toEqual({ status: "cancelled", reason: { type: "expired" } })
  })
})

describe("a deadline", () => {
  it("fails a running task at its instant", async () => {
    const { supervisor, clock } = setup()
    const submitted = clock.now()
    const task = supervisor.addCoroutine(untilAborted, [], { deadline: "10 seconds" })
    await clock.advance("9999 ms")
    expect(task.snapshot.status).toBe("running")
    await clock.advance("1 ms")
    const failure = { type: "timeout", limit: "deadline", afterMs: 10_000 }
    expect(task.snapshot.outcome).toEqual({ status: "failed", failure, attempts: [failure] })
    expect(task.snapshot.settledAt).toBe(submitted + 10_000)
  })

  it("is the instant by which the task is settled, even if its body hears nothing", async () => {
    const { supervisor, clock } = setup()
    const submitted = clock.now()
    const task = supervisor.addCoroutine(forEver, [], { deadline: "10 seconds" })
    await clock.advance("1 minute")
    expect(task.snapshot.outcome).toMatchObject({ status: "failed", failure: { type: "timeout", limit: "deadline" } })
    expect(task.snapshot.settledAt).toBe(submitted + 10_000)
  })

  it.each([
    ["a queued task", {}, { concurrency: { coroutine: 1 } }],
    ["a delayed task", { delay: "1 hour" }, {}],
  ] as const)("fails %s too", async (_title, settings, options) => {
    const { supervisor, clock } = setup(options)
    supervisor.addCoroutine(untilAborted, [])
    await clock.settle()
    const submitted = clock.now()
    const task = supervisor.addCoroutine(() => 1, [], { ...settings, deadline: "10 seconds" })
    await clock.advance("1 minute")
    expect(task.snapshot.outcome).toMatchObject({ status: "failed", failure: { type: "timeout", limit: "deadline" } })
    expect(task.snapshot.settledAt).toBe(submitted + 10_000)
    expect(task.snapshot.attempt).toBe(0)
  })

  it("covers the retries: there is none after it", async () => {
    const { supervisor, clock } = setup()
    const submitted = clock.now()
    const body = (): never => {
      throw new Error("again")
    }
    const retry = { maxAttempts: 100, delay: "1 second", backoff: "constant", jitter: "none" } as const
    const task = supervisor.addCoroutine(body, [], { retry, deadline: "3500 ms" })
    await clock.advance("1 minute")
    expect(task.snapshot.status).toBe("failed")
    expect(task.snapshot.attempt).toBe(4)
    expect(task.snapshot.settledAt).toBeLessThanOrEqual(submitted + 3500)
  })

  it("may be a Date", async () => {
    const { supervisor, clock } = setup()
    const instant = clock.now() + 5000
    const task = supervisor.addCoroutine(untilAborted, [], { deadline: new Date(instant) })
    await clock.advance("1 minute")
    expect(task.snapshot).toMatchObject({ status: "failed", settledAt: instant })
  })

  it.each([0, new Date(0)])("that has passed at the submit lets nothing begin: %o", async (deadline) => {
    const { supervisor, clock } = setup()
    let begun = false
    const task = supervisor.addCoroutine(() => (begun = true), [], { deadline, retry: { maxAttempts: 3 } })
    await clock.settle()
    const failure = { type: "timeout", limit: "deadline", afterMs: 0 }
    expect(task.snapshot).toMatchObject({ attempt: 0, outcome: { status: "failed", attempts: [failure] } })
    expect(begun).toBe(false)
  })

  it("lets nothing begin after it, however late its timer is", async () => {
    const clock = simulatedClock()
    let late = 0
    const { supervisor } = setup({ clock: { ...clock, monotonic: () => clock.monotonic() + late } })
    const task = supervisor.addCoroutine(() => 1, [], { deadline: "10 seconds" })
    late = 20_000
    await clock.settle()
    expect(task.snapshot.outcome).toMatchObject({ failure: { type: "timeout", limit: "deadline", afterMs: 10_000 } })
  })

  it("leaves alone a task that ends in time", async () => {
    const { supervisor, clock } = setup()
    const task = supervisor.addCoroutine(() => sleep(clock, 9999), [], { deadline: "10 seconds" })
    await clock.advance("1 minute")
    expect(task.snapshot.status).toBe("completed")
  })
})

describe("a timeout", () => {
  it("counts from the start of the attempt, never while the task is queued", async () => {
    const { supervisor, clock } = setup({ concurrency: { coroutine: 1 } })
    const submitted = clock.now()
    supervisor.addCoroutine(() => sleep(clock, 60_000), [])
    const task = supervisor.addCoroutine(untilAborted, [], { timeout: { hard: "2 seconds" } })
    await clock.advance("2 minutes")
    expect(task.snapshot).toMatchObject({ startedAt: submitted + 60_000, settledAt: submitted + 62_000 })
    const failure = { type: "timeout", limit: "hard", afterMs: 2000 }
    expect(task.snapshot.outcome).toEqual({ status: "failed", failure, attempts: [failure] })
  })

  it("that is soft aborts the signal, and a body that ends by the abort has failed of it", async () => {
    const { supervisor, clock } = setup()
    const submitted = clock.now()
    const task = supervisor.addCoroutine(untilAborted, [], { timeout: { soft: "1 second" } })
    await clock.advance("1 minute")
    const failure = { type: "timeout", limit: "soft", afterMs: 1000 }
    expect(task.snapshot.outcome).toEqual({ status: "failed", failure, attempts: [failure] })
    expect(task.snapshot).toMatchObject({ settledAt: submitted + 1000, cancelRequested: false })
  })

  it("that is soft lets the body return what it has", async () => {
    const { supervisor, clock } = setup()
    const task = supervisor.addCoroutine(
      async (ctx) => {
        await untilAborted(ctx).catch(() => {})
        return { asked: [ctx.isCancelled(), ctx.signal.aborted], partial: 3 }
      },
      [],
      { timeout: { soft: "1 second", hard: "5 seconds" } },
    )
    await clock.advance("1 minute")
    expect(task.snapshot.outcome).toEqual({ status: "completed", output: { asked: [true, true], partial: 3 } })
  })

  it("of one attempt does not count for the next", async () => {
    const { supervisor, clock } = setup()
    const task = supervisor.addCoroutine(
      async (ctx) => {
        if (ctx.attempt === 1) await forEver()
        await sleep(clock, 900)
        return [ctx.attempt, ctx.isCancelled()]
      },
      [],
      { timeout: { soft: "500 ms", hard: "1 second" }, retry: { maxAttempts: 2, delay: 0 } },
    )
    await clock.advance("1900 ms")
    expect(task.snapshot.outcome).toEqual({ status: "completed", output: [2, true] })
    expect(task.snapshot.failures).toEqual([{ type: "timeout", limit: "hard", afterMs: 1000 }])
  })

  it("that is hard cuts off a coroutine: what it still does has no effect", async () => {
    const { supervisor, clock } = setup({ concurrency: { coroutine: 1 } })
    const late = gate()
    const task = supervisor.addCoroutine(
      async (ctx) => {
        ctx.setMessage("working")
        await late.opened
        ctx.setMessage("still here")
        ctx.setProgress(0.9)
        return "too late"
      },
      [],
      { timeout: { hard: "1 second" } },
    )
    const next = supervisor.addCoroutine(() => "next", [])
    await clock.advance("1 second")
    expect(task.snapshot.outcome).toMatchObject({ status: "failed", failure: { limit: "hard" } })
    expect(next.snapshot.status).toBe("completed")
    const last = task.snapshot
    late.open()
    await clock.advance("1 second")
    expect(task.snapshot).toBe(last)
    expect(last.message).toBe("working")
  })

  it("that comes while a cancel is under way does not change the cause", async () => {
    const { supervisor, clock } = setup()
    const task = supervisor.addCoroutine(() => sleep(clock, 1500), [], {
      timeout: { hard: "1 second" },
      grace: "5 seconds",
    })
    await clock.advance("900 ms")
    const receipt = task.cancel("enough")
    await clock.advance("1 minute")
    expect(task.snapshot.outcome).toEqual({
      status: "cancelled",
      reason: { type: "requested", message: "enough" },
    })
    expect(["cancelled", "abandoned"]).toContain(await receipt)
  })
})

describe("Infinity", () => {
  const never = Number.POSITIVE_INFINITY

  it.each([
    ["a soft timeout", { timeout: { soft: never } }],
    ["a hard timeout", { timeout: { soft: "100 days", hard: never } }],
    ["a deadline", { deadline: never }],
    ["an expiry", { expires: never }],
    ["a grace period", { grace: never }],
    ["all of them", { timeout: { hard: never }, deadline: never, expires: never, grace: never }],
  ] as const)("as %s is none, also where timers are as short as the platform's", async (_title, settings) => {
    const clock = simulatedClock()
    // Of a longer time, Node and browsers make 1 ms.
    const likeThePlatform: Clock = {
      ...clock,
      setTimeout: (callback, ms) => clock.setTimeout(callback, ms < 2 ** 31 ? ms : 1),
    }
    const { supervisor } = setup({ clock: likeThePlatform })
    const task = supervisor.addCoroutine(() => sleep(clock, 40 * 86_400_000), [], settings)
    await clock.advance(40 * 86_400_000)
    expect(task.snapshot).toMatchObject({ status: "completed", cancelRequested: false, failures: [] })
  })

  it("as a delay is for ever, and can still be cancelled", async () => {
    const { supervisor, clock } = setup()
    const task = supervisor.addCoroutine(() => 1, [], { delay: never })
    const real = setupReal().supervisor.addCoroutine(() => 1, [], { delay: never })
    await clock.advance("365 days")
    expect([task.snapshot.phase, real.snapshot.phase]).toEqual(["delayed", "delayed"])
    expect(await task.cancel()).toBe("cancelled")
    expect(await real.cancel()).toBe("cancelled")
  })

  it("as a time to wait is as long as it takes", async () => {
    const { supervisor, clock } = setup()
    const task = supervisor.addCoroutine(() => sleep(clock, 60_000), [])
    await clock.settle()
    const waits = [
      task.result({ timeout: never }).then(() => "result"),
      supervisor.settled({ timeout: never }).then((settled) => settled),
      supervisor.shutdown({ drain: never, grace: never }).then(() => "stopped"),
    ]
    await clock.advance("2 minutes")
    expect(await Promise.all(waits)).toEqual(["result", true, "stopped"])
    expect(task.snapshot.status).toBe("completed")
  })
})

describe("the settings of a run", () => {
  it.each([
    ["the supervisor's defaults are the last resort", {}, 1000],
    ["a run's own win over them", { timeout: { hard: 300 } }, 300],
  ] as const)("%s", async (_title, settings, ms) => {
    const { supervisor, clock } = setup({ defaults: { timeout: { hard: "1 second" } } })
    const submitted = clock.now()
    const task = supervisor.addCoroutine(forEver, [], settings)
    await clock.advance("1 minute")
    expect(task.snapshot.settledAt).toBe(submitted + ms)
  })

  it("take any form of a duration wherever there is one", async () => {
    const inputs: readonly DurationInput[] = [1000, "1000 ms", "1000 millis", "1 second"]
    for (const hard of inputs) {
      const { supervisor, clock } = setup()
      const submitted = clock.now()
      const task = supervisor.addCoroutine(forEver, [], { timeout: { hard } })
      await clock.advance("2 seconds")
      expect(task.snapshot.settledAt).toBe(submitted + 1000)
    }
  })
})
