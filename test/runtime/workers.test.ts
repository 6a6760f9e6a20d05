import { defineTask, processExecutor, type TaskSnapshot, threadExecutor } from "tasktor"
import { describe, expect, it } from "vitest"
import { z } from "zod"
import {
  add,
  addAll,
  asksAgain,
  busyFor,
  cancelsChild,
  hearsTalker,
  nest,
  runsHomeless,
  runsUnready,
  tenSteps,
  whoAmI,
} from "../fixtures/bodies.ts"
import { exhaustsHeap } from "../fixtures/failing.ts"
import { given, leftOf, livesLong } from "../fixtures/long-lived.ts"
import { deafLoop, reportingLoop, waits, waitsForChild } from "../fixtures/stopping.ts"
import { executors, setup, setupFor, setupReal, workers } from "../support/setup.ts"
import { leftOf as leftOfProcesses } from "../support/os.ts"
import { gate, nextEvent, until } from "../support/wait.ts"

const bodies = new URL("../fixtures/bodies.ts", import.meta.url)

describe.each(executors)("in a %s", (executor) => {
  const one = executor === "coroutine" ? {} : { concurrency: { [executor]: 1 } }

  it("a body knows who it is", async () => {
    const { supervisor, wait } = setupFor(executor, one)
    const task = supervisor.run(whoAmI(), { executor, key: ["k", 7] })
    expect(await wait(task.result())).toEqual({ id: task.id, key: ["k", 7], attempt: 1, aborted: false })
  })

  it("a body runs children, whose outputs it gets and whose progress is its own", async () => {
    const { supervisor, wait } = setupFor(executor, one)
    const task = supervisor.run(addAll([1, 2, 3]), { executor })
    const parents: unknown[] = []
    supervisor.onFact((fact) => fact.type === "submitted" && parents.push(fact.parent))
    const seen: number[] = []
    task.subscribe(({ progress }) => seen.push(progress))
    expect(await wait(task.result())).toBe(9)
    expect(parents).toEqual([task.id, task.id, task.id])
    expect(seen).toEqual(seen.toSorted((a, b) => a - b))
    expect(seen.at(-1)).toBe(1)
  })

  it("a body hears its child's events, and sees its typed failure", async () => {
    const { supervisor, wait } = setupFor(executor, one)
    expect(await wait(supervisor.run(hearsTalker(), { executor }).result())).toEqual({
      words: ["hello", "world"],
      name: "TaskFailedError",
      cause: { name: "RangeError", message: "heard" },
    })
  })

  it("a body cancels its child, with a receipt for each request", async () => {
    const { supervisor, wait } = setupFor(executor, one)
    expect(await wait(supervisor.run(cancelsChild(), { executor }).result())).toEqual({
      receipts: ["cancelled", "already-cancelled"],
      outcome: { status: "cancelled", reason: { type: "requested", message: "not needed" } },
    })
  })

  it("a cancelled body's child ends before it", async () => {
    const { supervisor, wait } = setupFor(executor, one)
    const ended: string[] = []
    supervisor.onFact((fact) => fact.type === "outcome" && ended.push(`${fact.name} ${fact.outcome.status}`))
    const began = new Promise<void>((resolve) =>
      supervisor.onFact((fact) => {
        if (fact.type === "event" && fact.name === "waits") resolve()
      }),
    )
    const task = supervisor.run(waitsForChild(), { executor })
    await wait(began)
    expect(await wait(task.cancel())).toBe("cancelled")
    expect(ended).toEqual(["waits cancelled", "waitsForChild cancelled"])
  })

  it("children of its own kind do not deadlock a full pool", async () => {
    const { supervisor, wait } = setupFor(executor, { concurrency: { [executor]: 1 } })
    const tasks = [supervisor.run(nest(3, executor), { executor }), supervisor.run(nest(3, executor), { executor })]
    expect(await wait(Promise.all(tasks.map((task) => task.result())))).toEqual([4, 4])
  })

  it("ctx.retry asks for another attempt, and names its error", async () => {
    const { supervisor, wait } = setupFor(executor, one)
    const task = supervisor.run(asksAgain(20), { executor, retry: { maxAttempts: 2, delay: "1 hour" } })
    expect(await wait(task.result())).toBe(2)
    expect(task.snapshot.failures).toMatchObject([{ type: "error", error: { name: "RangeError", message: "busy" } }])
  })
})

describe("in a thread", () => {
  it("a parent that has returned waits for a child whose module is still to be imported", async () => {
    const { supervisor } = setupReal({ concurrency: { thread: 1 } })
    const module = new URL("../fixtures/leaving-parent.ts", import.meta.url)
    const leavingParent = defineTask({ name: "leavingParent", module, run: (): string => "" })
    const parent = supervisor.run(leavingParent(), { executor: "thread" })
    const child = supervisor.get(await parent.result())
    expect(child.snapshot).toMatchObject({ name: "leftChild", parent: parent.id, outcome: { status: "completed" } })
  })
})

describe.each(workers)("in a %s", (executor) => {
  it("a child whose module never comes to the end of its import fails, and holds up its parent no longer than startTimeout", async () => {
    const { supervisor, clock } = setup({ concurrency: { [executor]: 1 } })
    const parent = supervisor.run(runsUnready(), { executor })
    const child = gate<TaskSnapshot>()
    supervisor.onFact((fact) => {
      if (fact.type === "outcome" && fact.name === "unready") child.open(supervisor.get(fact.task).snapshot)
    })
    await nextEvent(parent, "hasRunIt")
    await clock.advance("29 seconds")
    expect(parent.snapshot.status).toBe("running")
    await clock.advance("1 second")
    const message = expect.stringMatching(
      /never-imported\.ts has not come .* within 30000 ms \(startTimeout\)/,
    ) as string
    expect(await child.opened).toMatchObject({
      parent: parent.id,
      outcome: { status: "failed", failure: { type: "setup", error: { message } } },
    })
    expect(await parent.result()).toBe("has returned")
  })

  it("a body that lives for long keeps nothing of the children that it has run, at either side", async () => {
    const { supervisor } = setupReal({ concurrency: { [executor]: 1 } })
    const task = supervisor.run(livesLong(50), { executor })
    const left = gate<unknown>()
    task.on("through", async (there) => left.open({ there, here: await leftOf(given.splice(0)) }))
    // The last child is a variable of the loop still.
    expect(await left.opened).toEqual({
      there: { left: expect.closeTo(0, -1) as number, heard: 100 },
      here: expect.closeTo(0, -1) as number,
    })
    expect(await task.outcome()).toMatchObject({ status: "completed" })
  })

  it("a child without a module is a TypeError that says so", async () => {
    const { supervisor } = setupReal({ concurrency: { [executor]: 1 } })
    expect(await supervisor.run(runsHomeless(), { executor }).result()).toMatch(
      /^TypeError: Cannot .*homelessChild.*module/,
    )
  })

  it("a body hears a child whose module the program has not imported yet", async () => {
    const { supervisor } = setupReal({ concurrency: { [executor]: 1 } })
    const module = new URL("../fixtures/late-parent.ts", import.meta.url)
    const lateParent = defineTask({ name: "lateParent", module, run: (): unknown => undefined })
    expect(await supervisor.run(lateParent(), { executor }).result()).toEqual({
      acknowledged: true,
      words: ["hello", "world"],
    })
  })

  it("the output is checked by the schema of its definition", async () => {
    const checked = defineTask({
      name: "add",
      module: bodies,
      input: z.tuple([z.number(), z.number().transform((n) => n * 10)]),
      output: z.number().max(50),
      run: (_ctx, a: number, b: number) => a + b,
    })
    const { supervisor } = setupReal({ concurrency: { [executor]: 1 } })
    expect(await supervisor.run(checked(1, 2), { executor }).result()).toBe(21)
    expect(await supervisor.run(checked(1, 9), { executor }).outcome()).toMatchObject({
      status: "failed",
      failure: { type: "validation", side: "output" },
    })
    expect(await supervisor.run(checked("1" as never, 9), { executor }).outcome()).toMatchObject({
      status: "failed",
      failure: { type: "validation", side: "input" },
    })
  })

  it("a body that exhausts its heap fails as a crash for that reason, and the pool goes on", async () => {
    const resourceLimits = { maxOldGenerationSizeMb: 32 }
    const made = executor === "thread" ? threadExecutor({ resourceLimits }) : processExecutor({ resourceLimits })
    const { supervisor } = setupReal({ executors: [made], concurrency: { [executor]: 1 } })
    const outcome = await supervisor.run(exhaustsHeap(), { executor }).outcome()
    expect(outcome).toMatchObject({ status: "failed", failure: { type: "crash", outOfMemory: true } })
    expect(await supervisor.run(add(1, 1), { executor }).result()).toBe(2)
  })

  it("as many run at once as there are slots, the others wait as pending, and priority decides who is next", async () => {
    const { supervisor } = setupReal({ concurrency: { [executor]: 2 } })
    const busy = [supervisor.run(waits(), { executor }), supervisor.run(waits(), { executor })]
    await Promise.all(busy.map((task) => nextEvent(task, "here")))
    const order: string[] = []
    const low = supervisor.run(tenSteps(), { executor, whenDone: () => order.push("low") })
    const high = supervisor.run(tenSteps(), { executor, priority: 1, whenDone: () => order.push("high") })
    expect([low.snapshot.status, high.snapshot.status]).toEqual(["pending", "pending"])
    expect(supervisor.inspect.active().map(({ id }) => id)).toEqual(busy.map(({ id }) => id))
    await busy[0]!.cancel()
    await Promise.all([low.outcome(), high.outcome()])
    expect(order).toEqual(["high", "low"])
    expect(busy[1]!.snapshot.status).toBe("running")
  })

  it("no task waits behind a long one while another worker is idle", async () => {
    const { supervisor } = setupReal({ concurrency: { [executor]: 2 } })
    await Promise.all([1, 2].map(() => supervisor.run(busyFor(50), { executor }).result()))
    const long = supervisor.run(waits(), { executor })
    await nextEvent(long, "here")
    const short = Array.from({ length: 50 }, () => supervisor.run(add(1, 1), { executor }))
    expect(await Promise.all(short.map((task) => task.result()))).toEqual(Array.from({ length: 50 }, () => 2))
    expect(long.snapshot.status).toBe("running")
  })

  it("a thousand tasks all come to their own end, each with its own output", async () => {
    const { supervisor } = setupReal({ concurrency: { [executor]: 2 } })
    const tasks = Array.from({ length: 1000 }, (_, i) => supervisor.run(add(i, i), { executor }))
    expect(await Promise.all(tasks.map((task) => task.result()))).toEqual(tasks.map((_, i) => 2 * i))
    expect(supervisor.getSnapshot().counts).toMatchObject({ completed: 1000, running: 0, pending: 0 })
  })

  it("any of a hundred tasks can be cancelled at once, and the others are not harmed", async () => {
    const { supervisor } = setupReal({ concurrency: { [executor]: 2 } })
    const tasks = Array.from({ length: 100 }, (_, i) =>
      supervisor.run(busyFor(2), { executor, tags: [i % 3 ? "keep" : "drop"] }),
    )
    await until(tasks[10]!, ({ status }) => status === "completed")
    const receipts = await supervisor.cancel({ tag: "drop" })
    expect(receipts.every((receipt) => receipt === "cancelled")).toBe(true)
    await supervisor.settled()
    for (const { snapshot } of tasks) {
      const { outcome, tags } = snapshot
      expect(outcome?.status === "completed" || (tags.includes("drop") && outcome?.status === "cancelled")).toBe(true)
    }
    expect(tasks.filter(({ snapshot }) => snapshot.status === "cancelled")).toHaveLength(receipts.length)
  })

  it("a body on a simulated clock begins, talks and ends without it; how far it has come is seen when the clock turns", async () => {
    const { supervisor, clock } = setup({ concurrency: { [executor]: 1 } })
    expect(await supervisor.run(tenSteps(), { executor }).result()).toBe("done")
    const task = supervisor.run(reportingLoop(), { executor })
    await until(task, ({ status }) => status === "running")
    while (task.snapshot.progress === 0) await clock.advance("40 ms")
    expect(await task.cancel()).toBe("cancelled")
  })

  it("shutdown ends what ignores it, and leaves no worker behind", async () => {
    const { supervisor } = setupReal({ concurrency: { [executor]: 2 } })
    const task = supervisor.run(deafLoop(false), { executor })
    const { pid, thread } = await nextEvent(task, "here")
    const queued = supervisor.run(deafLoop(false), { executor })
    const waiting = supervisor.run(deafLoop(false), { executor })
    await supervisor.shutdown({ grace: "100 ms" })
    expect([task, queued, waiting].map(({ snapshot }) => snapshot.outcome)).toEqual(
      [1, 2, 3].map(() => ({ status: "cancelled", reason: { type: "shutdown" } })),
    )
    expect(await leftOfProcesses([executor === "thread" ? thread : `/proc/${pid}`])).toEqual([])
    expect(supervisor.getSnapshot().state).toBe("stopped")
  })
})
