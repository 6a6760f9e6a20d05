import {
  chain,
  defineTask,
  graph,
  group,
  map,
  type Supervisor,
  TaskCancelledError,
  type TaskContext,
  type TaskFact,
} from "tasktor"
import { describe, expect, it } from "vitest"
import { setup } from "../../support/setup.ts"
import { gate, type Gate, untilAborted } from "../../support/wait.ts"

const text = defineTask({ name: "text", run: (_ctx, value: string) => value })
const upper = defineTask({ name: "upper", run: (_ctx, value: string) => value.toUpperCase() })
const size = defineTask({ name: "size", run: (_ctx, value: string) => value.length })
const both = defineTask({ name: "both", run: (_ctx, { big, long }: { big: string; long: number }) => `${big} ${long}` })
const waits = defineTask({ name: "waits", run: (ctx: TaskContext, _input?: unknown) => untilAborted(ctx) })
const fails = defineTask({
  name: "fails",
  run: (_ctx, _input?: unknown): number => {
    throw new RangeError("no")
  },
})

const diamond = graph({
  both: { after: ["big", "long"], run: both },
  big: { after: "text", run: upper },
  long: { after: "text", run: size },
  text: text("abc"),
})

/** A task of that name that ends when its gate opens. */
const gated = (name: string, { opened }: Gate) => defineTask({ name, run: (_ctx, _input?: unknown) => opened })

/** What is told of the ends of tasks, by their names. */
function outcomesOf(supervisor: Supervisor): (name: string) => readonly unknown[] {
  const facts: TaskFact[] = []
  supervisor.onFact((fact) => facts.push(fact))
  return (name) => facts.flatMap((fact) => (fact.type === "outcome" && fact.name === name ? [fact.outcome] : []))
}

const skipped = (because: string) => ({ status: "cancelled", reason: { type: "skipped", because } })

describe("a graph", () => {
  it("gives each step what those before it gave, and all of it at the end", async () => {
    const { supervisor } = setup()
    const handle = supervisor.run(diamond)
    expect(await handle.result()).toEqual({ text: "abc", big: "ABC", long: 3, both: "ABC 3" })
    expect(handle.snapshot).toMatchObject({ name: "graph", progress: 1 })
  })

  it("begins a step as soon as its own predecessors have completed, whatever others do", async () => {
    const { supervisor, clock } = setup()
    const [slow, quick] = [gate(), gate()]
    const handle = supervisor.run(
      graph({
        slow: gated("slow", slow)(),
        quick: gated("quick", quick)(),
        afterQuick: { after: "quick", run: waits },
        afterSlow: { after: ["slow", "quick"], run: waits },
      }),
    )
    quick.open()
    await clock.settle()
    expect(handle.pipeline.getSnapshot().value).toEqual({
      graph: { slow: "running", quick: "completed", afterQuick: "running", afterSlow: "waiting" },
    })
    slow.open()
    await clock.settle()
    expect(handle.pipeline.getSnapshot()).toMatchObject({
      value: { graph: { afterSlow: "running" } },
      context: { counts: { graph: { total: 4, alive: 2, completed: 2 } } },
    })
  })

  it("of no steps gives an empty object", async () => {
    const { supervisor } = setup()
    expect(await supervisor.run(graph({})).result()).toEqual({})
    expect(await supervisor.run(graph({}, { mode: "settled" })).result()).toEqual({})
  })

  it("lets a step that is a call come after others, and ignore what they gave", async () => {
    const { supervisor } = setup()
    const ran: string[] = []
    const note = defineTask({ name: "note", run: (_ctx, what: string) => ran.push(what) })
    await supervisor
      .run(graph({ b: { after: "a", run: note("b") }, a: note("a"), c: { after: [], run: note("c") } }))
      .result()
    expect(ran).toEqual(["a", "c", "b"])
  })

  it("keeps no more than `concurrency` alive, first come first served", async () => {
    const { supervisor } = setup()
    let [alive, most] = [0, 0]
    const counted = defineTask({
      name: "counted",
      run: async () => {
        most = Math.max(most, ++alive)
        await Promise.resolve()
        alive--
      },
    })
    const steps = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`step ${n}`, counted()]))
    await supervisor.run(graph(steps, { concurrency: 3 })).result()
    expect(most).toBe(3)
  })

  it("nests in all pipelines, and they in it", async () => {
    const { supervisor } = setup()
    const sum = defineTask({
      name: "sum",
      run: (_ctx, { parts }: { parts: readonly number[] }) => parts.reduce((a, b) => a + b),
    })
    const inner = graph({ parts: map(size, ["a", "bb", "ccc"]), sum: { after: ["parts"], run: sum } })
    const pick = defineTask({ name: "pick", run: (_ctx, all: { sum: number }) => all.sum })
    const pipeline = graph({
      first: chain(inner, pick),
      second: { after: "first", run: group([diamond, inner]) },
      third: { after: ["first", "second"], run: chain(inner, pick) },
    })
    const all = await supervisor.run(chain(pipeline)).result()
    expect(all).toMatchObject({ first: 6, second: [{ both: "ABC 3" }, { sum: 6 }], third: 6 })
  })

  it("is run as a child by a body, and again by the same plan", async () => {
    const { supervisor } = setup()
    const body = (ctx: TaskContext) => Promise.all([ctx.run(diamond).result(), ctx.run(diamond).result()])
    const [one, two] = await supervisor.addCoroutine(body, []).result()
    expect(one).toEqual(two)
  })

  it("moves its progress by the weights of its steps", async () => {
    const { supervisor, clock } = setup()
    const gates = [gate(), gate(), gate()] as const
    const handle = supervisor.run(
      graph({
        a: gated("a", gates[0])(),
        b: { after: "a", run: gated("b", gates[1]).with({ weight: 5 }) },
        c: { after: "a", run: gated("c", gates[2])().with({ weight: 2 }) },
      }),
    )
    const seen: unknown[] = []
    for (const { open } of gates) {
      await clock.advance("1 second")
      seen.push([handle.snapshot.progress, handle.snapshot.message])
      open()
    }
    await handle.result()
    expect(seen).toEqual([
      [0, "a (1 of 3)"],
      [1 / 8, "c (3 of 3)"],
      [6 / 8, "c (3 of 3)"],
    ])
  })
})

describe("a step of a graph that fails", () => {
  it("cancels what runs beside it, skips what has not begun, and fails the graph with its failure", async () => {
    const { supervisor } = setup()
    const outcomes = outcomesOf(supervisor)
    const handle = supervisor.run(
      graph({
        a: text("a"),
        bad: { after: "a", run: fails },
        beside: waits(),
        last: { after: ["a", "bad"], run: size("abc") },
      }),
    )
    expect(await handle.outcome()).toMatchObject({ status: "failed", failure: { error: new RangeError("no") } })
    expect(outcomes("waits")).toEqual([skipped('step "bad" failed')])
    expect(outcomes("size")).toEqual([skipped('step "bad" failed')])
    expect(handle.snapshot.message).toBe('step "bad" failed')
    expect(handle.pipeline.getSnapshot()).toMatchObject({
      value: "failed",
      context: {
        stoppedAt: "graph.bad.running",
        counts: { graph: { total: 4, alive: 0, completed: 1, failed: 1, cancelled: 2 } },
      },
    })
  })

  it("in the mode `settled` skips all that depends on it, and nothing else", async () => {
    const { supervisor } = setup()
    const outcomes = outcomesOf(supervisor)
    const pipeline = graph(
      {
        a: text("abc"),
        bad: { after: "a", run: fails },
        next: { after: "bad", run: fails },
        last: { after: ["next", "good"], run: both({ big: "", long: 0 }) },
        good: { after: "a", run: size },
      },
      { mode: "settled" },
    )
    const all = await supervisor.run(pipeline).result()
    expect(all).toMatchObject({
      a: { status: "completed", output: "abc" },
      bad: { status: "failed", failure: { error: new RangeError("no") } },
      next: skipped('step "bad" failed'),
      last: skipped('step "bad" failed'),
      good: { status: "completed", output: 3 },
    })
    expect(outcomes("both")).toEqual([skipped('step "bad" failed')])
  })

  it("by being cancelled fails the graph with the TaskCancelledError, or skips what comes after it", async () => {
    const steps = { a: waits().with({ tags: ["it"] }), b: { after: "a", run: size("abc") } } as const
    const { supervisor, clock } = setup()
    const [failing, settling] = [supervisor.run(graph(steps)), supervisor.run(graph(steps, { mode: "settled" }))]
    await clock.settle()
    await supervisor.cancel({ tag: "it" })
    expect(await failing.outcome()).toMatchObject({ failure: { error: expect.any(TaskCancelledError) as Error } })
    expect(await settling.result()).toMatchObject({
      a: { status: "cancelled", reason: { type: "requested" } },
      b: skipped('step "a" was cancelled'),
    })
  })

  it("because it cannot even be run, fails as `setup`", async () => {
    const { supervisor } = setup()
    const steps = {
      a: text("abc"),
      b: { after: "a", run: size.with({ executor: "gpu" }) },
      c: { after: "b", run: waits },
    } as const
    expect(await supervisor.run(graph(steps)).outcome()).toMatchObject({ failure: { type: "setup" } })
    expect(await supervisor.run(graph(steps, { mode: "settled" })).result()).toMatchObject({
      b: { status: "failed", failure: { type: "setup" } },
      c: skipped('step "b" failed'),
    })
  })

  it("counts for the progress as what is through, and so does what is skipped", async () => {
    const { supervisor, clock } = setup()
    const steps = { bad: fails(), after: { after: "bad", run: size("abc") }, other: waits(), more: waits() } as const
    const handle = supervisor.run(graph(steps, { mode: "settled" }))
    await clock.advance("1 second")
    expect(handle.snapshot.progress).toBe(0.5)
  })
})

describe("the whole graph", () => {
  it("is cancelled with all that runs of it, and makes nothing more", async () => {
    const { supervisor, clock } = setup()
    const outcomes = outcomesOf(supervisor)
    const handle = supervisor.run(
      graph({ a: waits(), b: waits(), c: { after: ["a", "b"], run: size("abc") }, d: chain(waits()) }),
    )
    await clock.settle()
    expect(await handle.cancel("enough")).toBe("cancelled")
    expect(outcomes("waits")).toHaveLength(3)
    expect(outcomes("size")).toEqual([])
    expect(handle.pipeline.getSnapshot()).toMatchObject({ value: "cancelled", context: { stoppedAt: "graph" } })
  })

  it("is retried from its first steps on", async () => {
    const { supervisor, clock } = setup()
    let attempts = 0
    const flaky = defineTask({
      name: "flaky",
      run: () => {
        if (++attempts < 2) throw new Error("not yet")
        return attempts
      },
    })
    const outcomes = outcomesOf(supervisor)
    const pipeline = graph({ a: text("abc"), b: { after: "a", run: flaky } })
    const handle = supervisor.run(pipeline, { retry: { maxAttempts: 2, delay: "1 second", jitter: "none" } })
    const values: unknown[] = []
    handle.pipeline.subscribe(({ value }) => values.push(value))
    await clock.advance("5 seconds")
    expect(await handle.result()).toEqual({ a: "abc", b: 2 })
    expect(outcomes("text")).toHaveLength(2)
    expect(values).toContainEqual({ graph: { a: "completed", b: "failed" } })
    expect(values.at(-1)).toBe("completed")
  })
})

describe("large graphs", () => {
  const count = 10_000
  const add = defineTask({ name: "add", run: (_ctx, n: number) => n + 1 })
  const chainOf = (after: (n: number) => string | readonly string[]) =>
    Object.fromEntries(
      Array.from({ length: count }, (_, n) => [
        `step ${n}`,
        n === 0 ? add(0) : { after: after(n), run: typeof after(n) === "string" ? add : add(n) },
      ]),
    ) as Parameters<typeof graph>[0]

  it.each<[string, (n: number) => string | readonly string[]]>([
    ["deep", (n) => `step ${n - 1}`],
    ["wide", () => ["step 0"]],
  ])("run: %s", async (_shape, after) => {
    const { supervisor } = setup()
    const output = (await supervisor.run(graph(chainOf(after))).result()) as Record<string, number>
    expect(Object.keys(output)).toHaveLength(count)
    expect(output[`step ${count - 1}`]).toBe(count)
  })

  it("fail without overflowing the stack, however deep what is skipped", async () => {
    const { supervisor } = setup({ history: 0 })
    const steps = { ...chainOf((n) => `step ${n - 1}`), "step 0": fails() } as never
    const output = (await supervisor.run(graph(steps, { mode: "settled" })).result()) as Record<string, unknown>
    expect(output[`step ${count - 1}`]).toEqual(skipped('step "step 0" failed'))
  })

  it("are refused without overflowing the stack where they are one cycle", () => {
    const steps = { ...chainOf((n) => `step ${n - 1}`), "step 0": { after: `step ${count - 1}`, run: add } } as never
    expect(() => graph(steps)).toThrow("step 0 → step 1 → step 2")
  })
})
