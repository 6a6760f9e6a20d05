import * as fc from "fast-check"
import { chain, createSupervisor, defineTask, type TaskContext, type TaskHandle } from "tasktor"
import { simulatedClock } from "tasktor/testing"
import { describe, expect, it } from "vitest"
import { setup } from "../support/setup.ts"
import { gate, sleep, untilAborted, type Gate } from "../support/wait.ts"

/** A body that notes its name when it begins. */
const noting =
  (names: string[]) =>
  (_ctx: TaskContext, name: string): void =>
    void names.push(name)

describe("a slot", () => {
  it("is had by as many at once as the executor's concurrency says", async () => {
    const { supervisor, clock } = setup({ concurrency: { coroutine: 3 } })
    const tasks = Array.from({ length: 5 }, () => supervisor.addCoroutine(untilAborted, []))
    await clock.settle()
    expect(tasks.map(({ snapshot }) => snapshot.status)).toEqual([
      "running",
      "running",
      "running",
      "pending",
      "pending",
    ])
    await tasks[1]!.cancel()
    await clock.settle()
    expect(tasks.map(({ snapshot }) => snapshot.status)).toEqual([
      "running",
      "cancelled",
      "running",
      "running",
      "pending",
    ])
  })

  it("is never short for coroutines when nothing limits them", async () => {
    const { supervisor, clock } = setup()
    const tasks = Array.from({ length: 500 }, () => supervisor.addCoroutine(untilAborted, []))
    await clock.settle()
    expect(tasks.every(({ snapshot }) => snapshot.status === "running")).toBe(true)
  })

  it.each([
    ["returns", () => 1],
    [
      "throws",
      () => {
        throw new Error("no")
      },
    ],
    ["rejects", () => Promise.reject(new Error("no"))],
  ])("is given back by a body that %s", async (_title, body) => {
    const { supervisor, clock } = setup({ concurrency: { coroutine: 1 } })
    supervisor.addCoroutine(body, [])
    const next = supervisor.addCoroutine(() => "next", [])
    await clock.settle()
    expect(next.snapshot.outcome).toEqual({ status: "completed", output: "next" })
  })
})

describe("priority", () => {
  it("runs the higher first, and first come, first served among equals", async () => {
    const { supervisor, clock } = setup({ concurrency: { coroutine: 1 } })
    const names: string[] = []
    const busy = gate()
    supervisor.addCoroutine(() => busy.opened, [])
    await clock.settle()
    const waiting: readonly (readonly [string, number | undefined])[] = [
      ["plain 1", undefined],
      ["low", -5],
      ["high 1", 10],
      ["plain 2", 0],
      ["half", 0.5],
      ["high 2", 10],
    ]
    for (const [name, priority] of waiting) {
      supervisor.addCoroutine(noting(names), [name], priority === undefined ? {} : { priority })
    }
    busy.open()
    await clock.settle()
    expect(names).toEqual(["high 1", "high 2", "half", "plain 1", "plain 2", "low"])
  })

  it("does not stop what runs already", async () => {
    const { supervisor, clock } = setup({ concurrency: { coroutine: 1 } })
    const running = supervisor.addCoroutine(untilAborted, [], { priority: -1 })
    await clock.settle()
    const urgent = supervisor.addCoroutine(() => 1, [], { priority: 100 })
    await clock.settle()
    expect([running.snapshot.status, urgent.snapshot.status]).toEqual(["running", "pending"])
  })

  it("lets a task pass that waits for something else: a task held back by its own limit does not hold up the others", async () => {
    const { supervisor, clock } = setup({ concurrency: { coroutine: 2 }, queues: { narrow: { concurrency: 1 } } })
    supervisor.addCoroutine(untilAborted, [], { queue: "narrow" })
    await clock.settle()
    const held = supervisor.addCoroutine(() => 1, [], { queue: "narrow", priority: 10 })
    const free = supervisor.addCoroutine(() => 2, [])
    await clock.settle()
    expect([held.snapshot.status, free.snapshot.status]).toEqual(["pending", "completed"])
  })

  it("is kept when a waiting task leaves the line, wherever it stood", async () => {
    for (const leaving of [0, 1, 2]) {
      const { supervisor, clock } = setup({ concurrency: { coroutine: 1 } })
      const names: string[] = []
      const busy = gate()
      supervisor.addCoroutine(() => busy.opened, [])
      await clock.settle()
      const waiting = ["a", "b", "c"].map((name) => supervisor.addCoroutine(noting(names), [name]))
      await waiting[leaving]!.cancel()
      supervisor.addCoroutine(noting(names), ["d"])
      busy.open()
      await clock.settle()
      expect(names).toEqual(["a", "b", "c", "d"].toSpliced(leaving, 1))
    }
  })

  it("orders admission for any interleaving of submissions, endings and cancellations, with any number of slots", async () => {
    type Step = { readonly submit: number } | { readonly end: number } | { readonly cancel: number }
    const step: fc.Arbitrary<Step> = fc.oneof(
      { weight: 2, arbitrary: fc.record({ submit: fc.integer({ min: -2, max: 2 }) }) },
      { weight: 1, arbitrary: fc.record({ end: fc.nat({ max: 9 }) }) },
      { weight: 1, arbitrary: fc.record({ cancel: fc.nat({ max: 9 }) }) },
    )
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 3 }), fc.array(step, { maxLength: 30 }), async (slots, steps) => {
        const clock = simulatedClock()
        const supervisor = createSupervisor({ clock, concurrency: { coroutine: slots } })
        const started: number[] = []
        const gates: Gate[] = []
        const handles: TaskHandle[] = []
        // the model: who waits, in the order of admission, who runs, and who has ever started
        const waiting: { readonly nr: number; readonly priority: number }[] = []
        const running: number[] = []
        const expected: number[] = []
        for (const now of steps) {
          if ("submit" in now) {
            const nr = gates.push(gate()) - 1
            const body = (_ctx: TaskContext): Promise<void> => {
              started.push(nr)
              return gates[nr]!.opened
            }
            handles.push(supervisor.addCoroutine(body, [], { priority: now.submit }))
            waiting.push({ nr, priority: now.submit })
          } else if ("cancel" in now) {
            const [leaving] = waiting.splice(now.cancel % Math.max(1, waiting.length), 1)
            if (leaving !== undefined) void handles[leaving.nr]!.cancel()
          } else if (running.length > 0) {
            const [nr] = running.splice(now.end % running.length, 1)
            gates[nr!]!.open()
          }
          await clock.settle()
          waiting.sort((a, b) => b.priority - a.priority || a.nr - b.nr)
          while (running.length < slots && waiting.length > 0) {
            const { nr } = waiting.shift()!
            running.push(nr)
            expected.push(nr)
          }
          expect(started).toEqual(expected)
        }
        for (const { open } of gates) open()
        await clock.settle()
        await supervisor.shutdown()
      }),
      { numRuns: 60 },
    )
  })
})

describe("a queue", () => {
  it("has no more of its tasks running at once than its concurrency says", async () => {
    const { supervisor, clock } = setup({ queues: { narrow: { concurrency: 2 } } })
    const narrow = Array.from({ length: 4 }, () => supervisor.addCoroutine(untilAborted, [], { queue: "narrow" }))
    const other = supervisor.addCoroutine(untilAborted, [])
    await clock.settle()
    expect(narrow.map(({ snapshot }) => snapshot.status)).toEqual(["running", "running", "pending", "pending"])
    expect(other.snapshot.status).toBe("running")
    await narrow[0]!.cancel()
    await clock.settle()
    expect(narrow.map(({ snapshot }) => snapshot.status)).toEqual(["cancelled", "running", "running", "pending"])
  })

  it("whose name no option knows is unlimited, and warned of once", async () => {
    const { supervisor, clock, warnings } = setup({ queues: { crawl: { concurrency: 1 } } })
    const tasks = [1, 2].map(() => supervisor.addCoroutine(untilAborted, [], { queue: "craawl" }))
    supervisor.addCoroutine(untilAborted, [])
    await clock.settle()
    expect(tasks.map(({ snapshot }) => snapshot.status)).toEqual(["running", "running"])
    expect(warnings).toHaveLength(1)
    expect(warnings[0]?.message).toMatch(/"craawl".*"crawl"/)
  })

  it("obeys priority within itself", async () => {
    const { supervisor, clock } = setup({ queues: { narrow: { concurrency: 1 } } })
    const names: string[] = []
    const busy = gate()
    supervisor.addCoroutine(() => busy.opened, [], { queue: "narrow" })
    await clock.settle()
    supervisor.addCoroutine(noting(names), ["low"], { queue: "narrow" })
    supervisor.addCoroutine(noting(names), ["high"], { queue: "narrow", priority: 1 })
    busy.open()
    await clock.settle()
    expect(names).toEqual(["high", "low"])
  })

  it("limits the tasks of the default line when it is called default", async () => {
    const { supervisor, clock } = setup({ queues: { default: { concurrency: 1 } } })
    const tasks = [supervisor.addCoroutine(untilAborted, []), supervisor.addCoroutine(untilAborted, [])]
    await clock.settle()
    expect(tasks.map(({ snapshot }) => snapshot.status)).toEqual(["running", "pending"])
  })

  it("and the executor both have to have room", async () => {
    const { supervisor, clock } = setup({ concurrency: { coroutine: 2 }, queues: { wide: { concurrency: 5 } } })
    const tasks = Array.from({ length: 3 }, () => supervisor.addCoroutine(untilAborted, [], { queue: "wide" }))
    await clock.settle()
    expect(tasks.map(({ snapshot }) => snapshot.status)).toEqual(["running", "running", "pending"])
  })
})

describe("a definition's concurrency", () => {
  const guarded = defineTask({ name: "guarded", concurrency: 1, run: (ctx, _nr: number) => untilAborted(ctx) })

  it("holds for all calls of it, in whatever queue, and for no other definition", async () => {
    const { supervisor, clock } = setup()
    const first = supervisor.run(guarded(1))
    const second = supervisor.run(guarded(2), { queue: "elsewhere" })
    const third = supervisor.addCoroutine(untilAborted, [])
    await clock.settle()
    expect([first, second, third].map(({ snapshot }) => snapshot.status)).toEqual(["running", "pending", "running"])
    await first.cancel()
    await clock.settle()
    expect(second.snapshot.status).toBe("running")
  })
})

describe("a rate limit", () => {
  /** When each body began, in milliseconds from now. */
  function beginnings(count: number, options: Parameters<typeof setup>[0], queue?: string) {
    const { supervisor, clock } = setup(options)
    const origin = clock.now()
    const at: number[] = []
    const submit = (): void => {
      for (let i = 0; i < count; i++) {
        supervisor.addCoroutine(() => void at.push(clock.now() - origin), [], queue === undefined ? {} : { queue })
      }
    }
    return { supervisor, clock, at, submit }
  }

  it("of a queue spreads the starts evenly", async () => {
    const { clock, at, submit } = beginnings(
      4,
      { queues: { slow: { rateLimit: { limit: 2, per: "1 second" } } } },
      "slow",
    )
    submit()
    await clock.advance("10 seconds")
    expect(at).toEqual([0, 500, 1000, 1500])
  })

  it("lets a burst start at once after a pause", async () => {
    const rateLimit = { limit: 2, per: "1 second", burst: 3 } as const
    const { clock, at, submit } = beginnings(5, { queues: { slow: { rateLimit } } }, "slow")
    submit()
    await clock.advance("10 seconds")
    expect(at).toEqual([0, 0, 0, 500, 1000])
    submit()
    await clock.advance("10 seconds")
    expect(at.slice(5)).toEqual([10_000, 10_000, 10_000, 10_500, 11_000])
  })

  it("of a definition counts its starts alone", async () => {
    const { supervisor, clock } = setup()
    const origin = clock.now()
    const at: number[] = []
    const polite = defineTask({
      name: "polite",
      rateLimit: { limit: 1, per: "2 seconds" },
      run: () => void at.push(clock.now() - origin),
    })
    const handles = [supervisor.run(polite()), supervisor.run(polite()), supervisor.run(polite())]
    const other = supervisor.addCoroutine(() => clock.now() - origin, [])
    await clock.settle()
    expect(other.snapshot.outcome).toEqual({ status: "completed", output: 0 })
    await clock.advance("10 seconds")
    expect(at).toEqual([0, 2000, 4000])
    expect(handles.every(({ snapshot }) => snapshot.status === "completed")).toBe(true)
  })

  it("is the same one for settings that say the same, each time anew", async () => {
    const { supervisor, clock } = setup()
    const origin = clock.now()
    const at: number[] = []
    const polite = defineTask({ name: "polite", run: () => void at.push(clock.now() - origin) })
    for (let i = 0; i < 3; i++) {
      supervisor.run(polite(), { rateLimit: { limit: 1, per: "10 seconds" } })
      await clock.advance("1 second")
    }
    await clock.advance("1 minute")
    expect(at).toEqual([0, 10_000, 20_000])
  })

  it("that changes counts what has started: as many intervals are still to pass", async () => {
    const { supervisor, clock } = setup()
    const origin = clock.now()
    const at: number[] = []
    const polite = defineTask({ name: "polite", run: () => void at.push(clock.now() - origin) })
    supervisor.run(polite(), { rateLimit: { limit: 1, per: "1 hour" } })
    await clock.settle()
    supervisor.run(polite(), { rateLimit: { limit: 1, per: "10 seconds" } })
    await clock.advance("5 seconds")
    supervisor.run(polite(), { rateLimit: { limit: 2, per: "10 seconds" } })
    await clock.advance("1 minute")
    expect(at).toEqual([0, 5000, 10_000])
  })

  it("is one for each definition, also where two share a function", async () => {
    const { supervisor, clock } = setup()
    const origin = clock.now()
    const at: string[] = []
    const run = (_ctx: TaskContext, name: string): void => void at.push(`${name} ${clock.now() - origin}`)
    const slow = defineTask({ name: "slow", run, rateLimit: { limit: 1, per: "1 second" } })
    const fast = defineTask({ name: "fast", run })
    for (let i = 0; i < 3; i++) supervisor.run(slow("slow"))
    await clock.settle()
    supervisor.run(fast("fast"))
    await clock.advance("10 seconds")
    expect(at).toEqual(["slow 0", "fast 0", "slow 1000", "slow 2000"])
  })

  it("goes on from where it was after a call without one", async () => {
    const { supervisor, clock } = setup()
    const origin = clock.now()
    const at: number[] = []
    const rateLimit = { limit: 1, per: "10 seconds" } as const
    const polite = defineTask({ name: "polite", rateLimit, run: () => void at.push(clock.now() - origin) })
    supervisor.run(polite())
    await clock.settle()
    supervisor.run(polite(), { rateLimit: { limit: Number.POSITIVE_INFINITY, per: "1 second" } })
    await clock.advance("1 second")
    supervisor.run(polite())
    await clock.advance("1 minute")
    expect(at).toEqual([0, 0, 10_000])
  })

  it("holds no slot while a task waits for it", async () => {
    const { supervisor, clock } = setup({
      concurrency: { coroutine: 1 },
      queues: { slow: { rateLimit: { limit: 1, per: "1 minute" } } },
    })
    supervisor.addCoroutine(() => 1, [], { queue: "slow" })
    const held = supervisor.addCoroutine(() => 2, [], { queue: "slow" })
    const free = supervisor.addCoroutine(() => 3, [])
    await clock.settle()
    expect([held.snapshot.status, free.snapshot.status]).toEqual(["pending", "completed"])
  })

  it("counts a retry as a start", async () => {
    const { supervisor, clock } = setup({ queues: { slow: { rateLimit: { limit: 1, per: "1 second" } } } })
    const origin = clock.now()
    const at: number[] = []
    const body = (ctx: TaskContext): void => {
      at.push(clock.now() - origin)
      if (ctx.attempt < 3) throw new Error("again")
    }
    supervisor.addCoroutine(body, [], { queue: "slow", retry: { maxAttempts: 3, delay: 0 } })
    await clock.advance("10 seconds")
    expect(at).toEqual([0, 1000, 2000])
  })

  it("never lets more than burst + limit × elapsed start, for any limit", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 5000 }),
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 25 }),
        async (limit, per, burst, pauses) => {
          const clock = simulatedClock()
          const supervisor = createSupervisor({ clock, queues: { slow: { rateLimit: { limit, per, burst } } } })
          const at: number[] = []
          for (const pause of pauses) {
            supervisor.addCoroutine(() => void at.push(clock.now()), [], { queue: "slow" })
            await clock.advance(pause)
          }
          await clock.advance(per * (pauses.length + 1))
          expect(at).toHaveLength(pauses.length)
          for (const [i, from] of at.entries()) {
            // a millisecond of grace, because instants are whole ones
            for (const [starts, to] of at.slice(i).entries()) {
              expect(starts + 1).toBeLessThanOrEqual(burst + ((to - from + 1) * limit) / per + 1e-9)
            }
          }
          await supervisor.shutdown()
        },
      ),
      { numRuns: 40 },
    )
  })
})

describe("a delay", () => {
  it("holds no slot", async () => {
    const { supervisor, clock } = setup({ concurrency: { coroutine: 1 } })
    const later = supervisor.addCoroutine(() => 1, [], { delay: "1 hour" })
    const now = supervisor.addCoroutine(() => 2, [])
    await clock.settle()
    expect([later.snapshot.phase, now.snapshot.status]).toEqual(["delayed", "completed"])
  })

  it("lets the task join the line at its instant, by its priority", async () => {
    const { supervisor, clock } = setup({ concurrency: { coroutine: 1 } })
    const names: string[] = []
    supervisor.addCoroutine(() => sleep(clock, 1000), [])
    await clock.settle()
    supervisor.addCoroutine(noting(names), ["delayed"], { delay: 500, priority: 1 })
    supervisor.addCoroutine(noting(names), ["waiting"])
    supervisor.addCoroutine(noting(names), ["too late"], { delay: 1500, priority: 9 })
    await clock.advance("2 seconds")
    expect(names).toEqual(["delayed", "waiting", "too late"])
  })
})

it("lets a flood on one executor keep nobody on another one waiting", async () => {
  const { supervisor, clock } = setup()
  const order: string[] = []
  for (let i = 0; i < 5000; i++) supervisor.addCoroutine(() => void order.push("flood"), [])
  const step = defineTask({ name: "step", run: () => "done" })
  supervisor.run(chain(step()), { whenDone: () => order.push("chain") })
  await clock.settle()
  await clock.settle()
  expect(order).toHaveLength(5001)
  expect(order.indexOf("chain")).toBeLessThan(5000)
})
