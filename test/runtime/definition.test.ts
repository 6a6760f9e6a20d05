import { chain, defineTask, memoryStore, type TaskContext } from "tasktor"
import { describe, expect, it } from "vitest"
import { setup } from "../support/setup.ts"
import { untilAborted } from "../support/wait.ts"

describe("a definition", () => {
  const join = defineTask({
    name: "join",
    priority: 3,
    tags: ["text"],
    run: (_ctx, a: string, b: string = "!") => a + b,
  })

  it("makes a call when it is applied: plain data, nothing runs", async () => {
    const { supervisor, clock } = setup()
    const call = join("a", "b")
    await clock.settle()
    expect(call).toMatchObject({ taskName: "join", args: ["a", "b"], settings: { priority: 3, tags: ["text"] } })
    expect(JSON.parse(JSON.stringify(call))).toMatchObject({ taskName: "join", args: ["a", "b"] })
    expect(supervisor.getSnapshot().tasks).toEqual([])
  })

  it("takes a setting that is undefined for one that it was not given", async () => {
    const { supervisor, clock } = setup({ defaults: { retry: { maxAttempts: 2, delay: 0 } } })
    const retry = undefined as never
    const fails = defineTask({ name: "fails", retry, run: () => Promise.reject(new Error("no")) })
    const tries = fails.with({ retry: { maxAttempts: 3, delay: 0 } })
    const calls = [fails(), tries.with({ retry })(), tries().with({ retry }), chain(fails()).with({ retry })]
    const tasks = calls.map((call) => supervisor.run(call))
    await clock.advance("1 second")
    const outcomes = await Promise.all(tasks.map((task) => task.outcome()))
    const counts = outcomes.map((outcome) => outcome.status === "failed" && outcome.attempts.length)
    expect(counts).toEqual([2, 3, 3, 1])
    // With a store, a task has three attempts by default.
    const kept = setup({ store: memoryStore(), defaults: { retry } })
    const task = kept.supervisor.run(fails())
    await kept.clock.advance("1 minute")
    expect(await task.outcome()).toMatchObject({ attempts: [{}, {}, {}] })
  })

  it.each([
    ["cloned", (call: object) => structuredClone(call)],
    ["spread", (call: object) => ({ ...call })],
    ["told as JSON", (call: object) => JSON.parse(JSON.stringify(call)) as object],
  ])("makes calls that are the same when they are %s", async (_how, copy) => {
    const { supervisor, clock } = setup()
    const task = supervisor.run(copy(join("a", "b")) as ReturnType<typeof join>)
    await clock.settle()
    expect(task.snapshot).toMatchObject({
      name: "join",
      tags: ["text"],
      outcome: { output: await supervisor.run(join("a", "b")).result() },
    })
  })

  it("can be run by a call that came from elsewhere as plain data", async () => {
    const { supervisor, clock } = setup()
    const task = supervisor.run(JSON.parse(JSON.stringify(join("from ", "elsewhere"))) as ReturnType<typeof join>)
    await clock.settle()
    expect(task.snapshot.outcome).toEqual({ status: "completed", output: "from elsewhere" })
  })

  it("can be run any number of times, each a task of its own", async () => {
    const { supervisor, clock } = setup()
    const call = join("a")
    const tasks = [supervisor.run(call), supervisor.run(call)]
    await clock.settle()
    expect(tasks[0]!.id).not.toBe(tasks[1]!.id)
    expect(tasks.map(({ snapshot }) => snapshot.outcome)).toEqual(
      ["a!", "a!"].map((output) => ({ status: "completed", output })),
    )
  })

  it("gives its body for a unit test, without a supervisor", () => {
    expect(join.body({} as TaskContext<{}>, "x", "y")).toBe("xy")
  })

  it("has a name, which its tasks have", async () => {
    const { supervisor, clock } = setup()
    const task = supervisor.run(join("a"))
    await clock.settle()
    expect(join.taskName).toBe("join")
    expect(task.snapshot.name).toBe("join")
  })

  it("is not changed by `with`, which makes another one", () => {
    const urgent = join.with({ priority: 9 })
    expect(urgent.settings).toEqual({ priority: 9, tags: ["text"] })
    expect(join.settings).toEqual({ priority: 3, tags: ["text"] })
    expect(urgent.taskName).toBe("join")
    const call = join("a")
    expect(call.with({ tags: [] }).settings).toEqual({ priority: 3, tags: [] })
    expect(call.settings).toEqual({ priority: 3, tags: ["text"] })
    expect(call.with({ tags: [] }).args).toEqual(["a"])
  })
})

describe("settings", () => {
  const tagged = defineTask({ name: "tagged", tags: ["definition"], grace: 1, run: (ctx) => untilAborted(ctx) })

  it.each([
    ["the run's over the call's", tagged().with({ tags: ["call"] }), { tags: ["run"] }, ["run"]],
    ["the call's over the definition's", tagged().with({ tags: ["call"] }), {}, ["call"]],
    ["the definition's over the defaults", tagged(), {}, ["definition"]],
    ["the definition's copy by `with` over the definition's", tagged.with({ tags: ["copy"] })(), {}, ["copy"]],
  ] as const)("win: %s", async (_title, call, options, expected) => {
    const { supervisor, clock } = setup({ defaults: { tags: ["defaults"] } })
    const task = supervisor.run(call, options)
    await clock.settle()
    expect(task.snapshot.tags).toEqual(expected)
  })

  it("of the supervisor's defaults are what counts when nobody else says", async () => {
    const { supervisor, clock } = setup({ defaults: { tags: ["defaults"] } })
    const task = supervisor.addCoroutine(untilAborted, [])
    await clock.settle()
    expect(task.snapshot.tags).toEqual(["defaults"])
  })

  it("that are undefined say nothing", async () => {
    const { supervisor, clock } = setup({ defaults: { tags: ["defaults"] } })
    const task = supervisor.run(tagged(), { tags: undefined })
    await clock.settle()
    expect(task.snapshot.tags).toEqual(["definition"])
  })

  it("may be changed by their owner afterwards without an effect", async () => {
    const { supervisor, clock } = setup()
    const tags = ["one"]
    const task = supervisor.addCoroutine(untilAborted, [], { tags })
    tags.push("two")
    await clock.settle()
    expect(task.snapshot.tags).toEqual(["one"])
  })
})

describe("the context", () => {
  it("says which task, which key and which attempt it is", async () => {
    const { supervisor, clock } = setup()
    const task = supervisor.addCoroutine((ctx) => [ctx.id, ctx.key, ctx.attempt, ctx.scheduledFor], [], {
      key: ["k", 1],
    })
    await clock.settle()
    expect(await task.result()).toEqual([task.id, ["k", 1], 1, undefined])
  })

  it("has an effect no more once the task has settled", async () => {
    const { supervisor, clock } = setup()
    let leaked: TaskContext | undefined
    const facts: unknown[] = []
    supervisor.onFact((fact) => facts.push(fact))
    const task = supervisor.addCoroutine((ctx) => void (leaked = ctx), [])
    await clock.settle()
    const last = task.snapshot
    const told = facts.length
    leaked!.setTotal(5)
    leaked!.setProgress(1)
    leaked!.setMessage("late")
    leaked!.log.error("late")
    leaked!.sendEvent("late" as never, 1)
    leaked!.flush()
    leaked!.onCancel(() => {})
    await clock.advance("1 second")
    expect(task.snapshot).toBe(last)
    expect(facts).toHaveLength(told)
    expect(leaked!.isCancelled()).toBe(false)
  })
})
