import {
  chain,
  chord,
  chunks,
  defineTask,
  group,
  map,
  type Supervisor,
  TaskCancelledError,
  type TaskContext,
  type TaskFact,
} from "tasktor"
import { describe, expect, it } from "vitest"
import { setup } from "../../support/setup.ts"
import { gate, type Gate, sleep, untilAborted } from "../../support/wait.ts"

const add = defineTask({ name: "add", run: (_ctx, a: number, b: number) => a + b })
const double = defineTask({ name: "double", run: (_ctx, n: number) => n * 2 })
const fails = defineTask({
  name: "fails",
  run: (_ctx, _input?: unknown): number => {
    throw new RangeError("no")
  },
})
const waits = defineTask({ name: "waits", run: (ctx: TaskContext, _input?: unknown) => untilAborted(ctx) })

/** Everything that is told of the tasks of that name. */
function factsOf(supervisor: Supervisor): (name: string) => readonly TaskFact[] {
  const facts: TaskFact[] = []
  supervisor.onFact((fact) => facts.push(fact))
  return (name) => facts.filter((fact) => fact.name === name)
}

function outcomesOf(facts: readonly TaskFact[]): readonly unknown[] {
  return facts.flatMap((fact) => (fact.type === "outcome" ? [fact.outcome] : []))
}

describe("a step", () => {
  it("that is a call ignores what came before it", async () => {
    const { supervisor } = setup()
    expect(await supervisor.run(chain(add(1, 2), add(10, 20), double)).result()).toBe(60)
  })

  it("is a child of the pipeline's task, and keeps its own settings", async () => {
    const { supervisor } = setup()
    const facts = factsOf(supervisor)
    const tagged = double.with({ tags: ["second"] })
    const handle = supervisor.run(chain(add(1, 2), tagged))
    await handle.result()
    expect(facts("double")[0]).toMatchObject({ type: "submitted", parent: handle.id, tags: ["second"] })
  })

  it("is retried by its own policy, and the pipeline goes on after it", async () => {
    const { supervisor, clock } = setup()
    let attempts = 0
    const flaky = defineTask({
      name: "flaky",
      retry: { maxAttempts: 3, delay: "1 second", jitter: "none" },
      run: (_ctx, n: number) => {
        if (++attempts < 3) throw new Error("not yet")
        return n + 1
      },
    })
    const handle = supervisor.run(chain(add(1, 2), flaky, double))
    await clock.advance("10 seconds")
    expect(await handle.result()).toBe(8)
    expect(handle.snapshot.attempt).toBe(1)
  })

  it("that cannot be run on this supervisor fails its pipeline as `setup`", async () => {
    const { supervisor } = setup()
    const pipeline = chain(add(1, 2), double.with({ executor: "gpu" }), double)
    expect(await supervisor.run(pipeline).outcome()).toMatchObject({
      status: "failed",
      failure: { type: "setup", error: { message: expect.stringContaining('"gpu"') as string } },
    })
  })
})

describe("a step that fails", () => {
  it("skips all later ones, and the pipeline says by name and number which it was", async () => {
    const { supervisor } = setup()
    const facts = factsOf(supervisor)
    const handle = supervisor.run(chain(add(1, 2), fails, double, group([add(1, 1), add(2, 2)]), double(1)))
    const outcome = await handle.outcome()
    expect(outcome).toMatchObject({ status: "failed", failure: { type: "error", error: new RangeError("no") } })
    expect(handle.snapshot.message).toBe('step 2 ("fails") failed')
    const skipped = { status: "cancelled", reason: { type: "skipped", because: 'step 2 ("fails") failed' } }
    expect(outcomesOf(facts("double"))).toEqual([skipped, skipped])
    expect(outcomesOf(facts("group"))).toEqual([skipped])
    expect(facts("add").filter(({ type }) => type === "submitted")).toHaveLength(1)
  })

  it("in a header skips the body of the chord", async () => {
    const { supervisor } = setup()
    const facts = factsOf(supervisor)
    const handle = supervisor.run(chord([add(1, 2), fails()], double(1)))
    expect(await handle.outcome()).toMatchObject({ status: "failed" })
    expect(outcomesOf(facts("double"))).toEqual([
      { status: "cancelled", reason: { type: "skipped", because: 'call 2 ("fails") failed' } },
    ])
  })

  it("in a pipeline inside fails the one around it with the same failure", async () => {
    const { supervisor } = setup()
    const handle = supervisor.run(chain(add(1, 1), chain(add(2, 2), fails), double))
    expect(await handle.outcome()).toMatchObject({ failure: { error: new RangeError("no") } })
    expect(handle.snapshot.message).toBe('step 2 ("chain") failed')
  })

  it("does not fail a chord whose header is `settled`", async () => {
    const { supervisor } = setup()
    const count = defineTask({
      name: "count",
      run: (_ctx, outcomes: readonly { readonly status: string }[]) => outcomes.map(({ status }) => status),
    })
    const handle = supervisor.run(chord([add(1, 2), fails()], count, { mode: "settled" }))
    expect(await handle.result()).toEqual(["completed", "failed"])
  })

  it("by being cancelled fails its pipeline with the TaskCancelledError", async () => {
    const { supervisor, clock } = setup()
    const facts = factsOf(supervisor)
    const handle = supervisor.run(chain(add(1, 1), waits.with({ tags: ["it"] }), double))
    await clock.settle()
    await supervisor.cancel({ tag: "it" }, "not wanted")
    const outcome = await handle.outcome()
    expect(outcome).toMatchObject({ status: "failed", failure: { error: expect.any(TaskCancelledError) as Error } })
    expect(outcomesOf(facts("double"))).toEqual([
      { status: "cancelled", reason: { type: "skipped", because: 'step 2 ("waits") was cancelled' } },
    ])
  })
})

describe("side by side", () => {
  it("at most `concurrency` are alive", async () => {
    const { supervisor } = setup()
    let alive = 0
    let most = 0
    const counted = defineTask({
      name: "counted",
      run: async (_ctx, n: number) => {
        most = Math.max(most, ++alive)
        await Promise.resolve()
        alive--
        return n
      },
    })
    const items = Array.from({ length: 50 }, (_, n) => n)
    expect(await supervisor.run(map(counted, items, { concurrency: 3 })).result()).toEqual(items)
    expect(most).toBe(3)
  })

  it("without a limit all of them run at once, more than wait in line at most too", async () => {
    const { supervisor, clock } = setup()
    const open = gate()
    let begun = 0
    const member = defineTask({
      name: "member",
      run: async (_ctx, n: number) => {
        if (++begun === 3000) open.open()
        await open.opened
        return n
      },
    })
    const handle = supervisor.run(
      map(
        member,
        Array.from({ length: 3000 }, (_, n) => n),
      ),
    )
    await clock.advance("1 second")
    expect(begun).toBe(3000)
    expect(await handle.result()).toHaveLength(3000)
  })

  it("no more than a thousand wait for a slot", async () => {
    const { supervisor, clock } = setup({ concurrency: { coroutine: 1 } })
    const open = gate()
    const member = defineTask({ name: "member", run: (_ctx, _n: number) => open.opened })
    const handle = supervisor.run(
      map(
        member,
        Array.from({ length: 5000 }, (_, n) => n),
      ),
    )
    await clock.settle()
    expect(supervisor.getSnapshot().counts).toMatchObject({ pending: 1000, running: 2 })
    open.open()
    await clock.advance("1 second")
    expect(await handle.result()).toHaveLength(5000)
  })

  it("of a hundred thousand, only those that have their turn are there, and none is in the machine's snapshot", async () => {
    const { supervisor } = setup()
    const member = defineTask({ name: "member", run: async (_ctx, n: number) => n })
    const items = Array.from({ length: 100_000 }, (_, n) => n)
    const handle = supervisor.run(map(member, items, { concurrency: 20 }))
    let most = 0
    let children = 0
    handle.pipeline.subscribe((snapshot) => {
      most = Math.max(most, snapshot.context.counts["map"]?.alive ?? 0, supervisor.getSnapshot().tasks.length - 1)
      children += Object.keys(snapshot.children).length
    })
    expect(await handle.result()).toEqual(items)
    expect([most, children]).toEqual([20, 0])
  })

  it("delayed ones do not keep others from coming", async () => {
    const { supervisor, clock } = setup()
    const begunAt: number[] = []
    const late = defineTask({ name: "late", delay: "1 hour", run: (_ctx, _n: number) => begunAt.push(clock.now()) })
    const start = clock.now()
    const handle = supervisor.run(
      map(
        late,
        Array.from({ length: 2500 }, (_, n) => n),
      ),
    )
    await clock.advance("2 hours")
    await handle.result()
    expect(new Set(begunAt)).toEqual(new Set([start + 3_600_000]))
  })

  it("one that was not made yet is not made when another has failed", async () => {
    const { supervisor } = setup()
    const seen: number[] = []
    const member = defineTask({
      name: "member",
      run: (_ctx, n: number) => {
        seen.push(n)
        if (n === 3) throw new RangeError("no")
      },
    })
    const handle = supervisor.run(map(member, [1, 2, 3, 4, 5, 6], { concurrency: 1 }))
    expect(await handle.outcome()).toMatchObject({ status: "failed" })
    expect(seen).toEqual([1, 2, 3])
    expect(handle.snapshot.message).toBe('item 3 ("member") failed')
    expect(handle.pipeline.getSnapshot().context.counts).toEqual({
      map: { total: 6, alive: 0, completed: 2, failed: 1, cancelled: 0 },
    })
  })
})

describe("chunks", () => {
  it("are one task each, which runs its body for one item after another", async () => {
    const { supervisor } = setup()
    const facts = factsOf(supervisor)
    const ids = new Set<string>()
    const member = defineTask({
      name: "member",
      run: async (ctx, n: number) => {
        ids.add(ctx.id)
        return n * 10
      },
    })
    const handle = supervisor.run(chunks(member, [1, 2, 3, 4, 5], 2))
    expect(await handle.result()).toEqual([[10, 20], [30, 40], [50]])
    expect(ids.size).toBe(3)
    expect(facts("member").filter(({ type }) => type === "submitted")).toHaveLength(3)
  })

  it("move their progress by an item at a time", async () => {
    const { supervisor, clock } = setup()
    const gates: Gate[] = Array.from({ length: 4 }, () => gate())
    const member = defineTask({ name: "member", run: (_ctx, n: number) => gates[n]?.opened })
    const handle = supervisor.run(chunks(member, [0, 1, 2, 3], 4))
    const seen: number[] = []
    for (const { open } of gates) {
      open()
      await clock.advance("1 second")
      seen.push(handle.snapshot.progress)
    }
    expect(seen).toEqual([0.25, 0.5, 0.75, 1])
  })

  it("check each item by the schemas of the definition, and say which was wrong", async () => {
    const { supervisor } = setup()
    const numbers = schema((args) => (args as unknown[]).every((arg) => typeof arg === "number"))
    const member = defineTask({ name: "member", input: numbers, run: (_ctx, n: number) => n + 1 })
    expect(await supervisor.run(chunks(member, [1, 2, 3], 3)).result()).toEqual([[2, 3, 4]])
    const bad = supervisor.run(chunks(member, [1, "2" as unknown as number, 3], 3))
    expect(await bad.outcome()).toMatchObject({
      failure: { type: "validation", side: "input", issues: ["1: not this"] },
    })
  })

  function schema(isGood: (value: unknown) => boolean) {
    return {
      "~standard": {
        version: 1 as const,
        vendor: "test",
        validate: (value: unknown) => (isGood(value) ? { value } : { issues: [{ message: "not this" }] }),
      },
    }
  }
})

describe("the whole", () => {
  it("is retried from its first step on", async () => {
    const { supervisor, clock } = setup()
    let attempts = 0
    const flaky = defineTask({
      name: "flaky",
      run: (_ctx, n: number) => {
        if (++attempts < 2) throw new Error("not yet")
        return n
      },
    })
    const facts = factsOf(supervisor)
    const pipeline = chain(add(1, 2), flaky).with({ retry: { maxAttempts: 2, delay: "1 second", jitter: "none" } })
    const handle = supervisor.run(pipeline)
    const { pipeline: actor } = handle
    await clock.settle()
    expect(handle.snapshot.phase).toBe("backoff")
    expect(actor.getSnapshot()).toMatchObject({ value: "flaky", status: "active" })
    await clock.advance("1 second")
    expect(await handle.result()).toBe(3)
    expect(actor.getSnapshot().value).toBe("completed")
    expect(outcomesOf(facts("add"))).toHaveLength(2)
  })

  it("ends by its deadline, its timeouts and its cancel with nothing of it alive", async () => {
    for (const settings of [
      { deadline: "1 second" },
      { timeout: { hard: "1 second" } },
      { timeout: { soft: "1 second" } },
    ] as const) {
      const { supervisor, clock } = setup()
      const facts = factsOf(supervisor)
      const handle = supervisor.run(chain(add(1, 1), group([waits(), chain(waits())]), double(1)).with(settings))
      await clock.advance("5 seconds")
      expect(await handle.outcome()).toMatchObject({ status: "failed", failure: { type: "timeout" } })
      expect(outcomesOf(facts("waits"))).toMatchObject([
        { status: "cancelled", reason: { type: "parent" } },
        { status: "cancelled", reason: { type: "parent" } },
      ])
      expect(await supervisor.settled({ timeout: 0 })).toBe(true)
    }
  })

  it("takes no slot from its steps", async () => {
    const { supervisor, clock } = setup({ concurrency: { coroutine: 1 }, queues: { narrow: { concurrency: 1 } } })
    const slow = defineTask({
      name: "slow",
      queue: "narrow",
      run: (_ctx, n: number | number[]) => sleep(clock, 10).then(() => n),
    })
    const pipeline = chain(slow(1), slow, chord([slow(1), slow(2)], double(4).with({ queue: "narrow" })))
    const handle = supervisor.run(pipeline.with({ queue: "narrow" }))
    await clock.advance("1 second")
    expect(await handle.outcome()).toMatchObject({ status: "completed" })
  })

  it("is not retried by the supervisor's defaults, which are for its steps", async () => {
    const { supervisor, clock } = setup({
      defaults: { executor: "coroutine", retry: { maxAttempts: 2, jitter: "none" } },
    })
    const facts = factsOf(supervisor)
    const handle = supervisor.run(chain(fails()))
    await clock.advance("1 minute")
    expect(await handle.outcome()).toMatchObject({ attempts: [{ type: "error" }] })
    expect(facts("fails").filter((fact) => fact.type === "state" && fact.status === "running")).toHaveLength(2)
  })

  it("moves its progress by the weights of its steps", async () => {
    const { supervisor, clock } = setup()
    const gates = [gate(), gate(), gate()]
    const step = (index: number) => defineTask({ name: `step ${index}`, run: () => gates[index]?.opened })
    const inside = group([step(1)(), add(1, 1)]).with({ weight: 2 })
    const handle = supervisor.run(chain(step(0)(), inside, step(2).with({ weight: 5 })))
    const seen: number[] = []
    for (const { open } of gates) {
      await clock.advance("1 second")
      seen.push(handle.snapshot.progress)
      open()
    }
    await handle.result()
    expect([...seen, handle.snapshot.progress]).toEqual([0, 2 / 8, 3 / 8, 1])
  })

  it("is held by a key like any task", async () => {
    const { supervisor, clock } = setup()
    const first = supervisor.run(chain(waits()), { key: "one" })
    await clock.settle()
    const second = supervisor.run(chain(add(1, 2)), { key: "one" })
    await clock.settle()
    expect(first.snapshot.outcome).toMatchObject({ status: "cancelled", reason: { type: "replaced", by: second.id } })
    expect(await second.result()).toBe(3)
  })

  it("is run as a child by a body, which waits for it", async () => {
    const { supervisor } = setup()
    const handle = supervisor.addCoroutine((ctx) => ctx.run(chain(add(1, 2), double)).result(), [])
    expect(await handle.result()).toBe(6)
  })

  it("can be run again, and each run is its own", async () => {
    const { supervisor } = setup()
    const pipeline = chain(add(1, 2), double)
    expect(await Promise.all([supervisor.run(pipeline).result(), supervisor.run(pipeline).result()])).toEqual([6, 6])
  })
})

it.each([
  ["map", () => map(waits, [1, 2, 3])],
  ["map that settles", () => map(waits, [1, 2, 3], { mode: "settled" })],
  ["chain", () => chain(group([waits(), waits()]), waits, waits)],
])("a cancel is no failure of the steps that have not begun: %s", async (_title, pipeline) => {
  const { supervisor, clock } = setup({ concurrency: { coroutine: 1 } })
  const made: string[] = []
  supervisor.onFact(({ type, task }) => type === "submitted" && made.push(task))
  const handle = supervisor.run(pipeline())
  await clock.settle()
  const before = [...made]
  expect((await Promise.all([handle.cancel("enough"), clock.advance("1 second")]))[0]).toBe("cancelled")
  const reasons = before.slice(1).map((id) => supervisor.get(id).snapshot.cancelReason)
  expect(new Set(reasons.map((reason) => reason?.type))).toEqual(new Set(["parent"]))
  // Nothing else is made.
  expect(made).toEqual(before)
  expect(handle.snapshot.message ?? "").not.toMatch(/cancelled/)
})
