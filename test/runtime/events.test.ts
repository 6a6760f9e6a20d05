import { defineTask, events, type TaskContext } from "tasktor"
import { describe, expect, it } from "vitest"
import { setup } from "../support/setup.ts"
import { forEver, gate, sleep, untilAborted } from "../support/wait.ts"

/** Sends one event, with acknowledgement, and notes the answer. */
const asking = defineTask({
  name: "asking",
  events: events<{ question: number }>(),
  run: (ctx) => ctx.sendEventAndWait("question", 7),
})

describe("an acknowledgement", () => {
  it("is true once a listener has handled the event, an asynchronous one included", async () => {
    const { supervisor, clock } = setup()
    const origin = clock.now()
    const task = supervisor.run(asking())
    task.on("question", () => sleep(clock, 1000))
    await clock.advance("999 ms")
    expect(task.snapshot.status).toBe("running")
    await clock.advance("1 ms")
    expect(task.snapshot).toMatchObject({ outcome: { output: true }, settledAt: origin + 1000 })
  })

  it.each([
    ["no one listens", undefined],
    [
      "the listener throws",
      () => {
        throw new Error("no")
      },
    ],
    ["the listener rejects", () => Promise.reject(new Error("no"))],
  ] as const)("is false when %s", async (_title, listener) => {
    const { supervisor, clock } = setup()
    const task = supervisor.run(asking())
    if (listener !== undefined) task.on("question", listener)
    await clock.settle()
    expect(task.snapshot.outcome).toEqual({ status: "completed", output: false })
  })

  it.each([
    ["after five seconds", undefined, 5000],
    ["after its own timeout", "300 ms", 300],
  ] as const)("is false %s when the listener has not ended", async (_title, timeout, ms) => {
    const { supervisor, clock } = setup()
    const origin = clock.now()
    const body = (ctx: TaskContext): Promise<boolean> =>
      ctx.sendEventAndWait("question" as never, 7, timeout === undefined ? {} : { timeout })
    const task = supervisor.addCoroutine(body, [], { whenEvent: forEver as never })
    await clock.advance("1 minute")
    expect(task.snapshot).toMatchObject({ outcome: { output: false }, settledAt: origin + ms })
  })

  it("is false when the task is cancelled meanwhile", async () => {
    const { supervisor, clock } = setup()
    let acknowledged: boolean | undefined
    const task = supervisor.addCoroutine(
      async (ctx) => void (acknowledged = await ctx.sendEventAndWait("question" as never, 7)),
      [],
      { whenEvent: forEver as never },
    )
    await clock.settle()
    expect(await task.cancel()).toBe("cancelled")
    expect(acknowledged).toBe(false)
  })

  it("is true by whenEvent alone", async () => {
    const { supervisor, clock } = setup()
    const task = supervisor.run(asking(), { whenEvent: () => {} })
    await clock.settle()
    expect(task.snapshot.outcome).toEqual({ status: "completed", output: true })
  })

  it("is not given by a listener of another event", async () => {
    const { supervisor, clock } = setup()
    const task = supervisor.run(asking())
    task.on("answer" as never, () => {})
    await clock.settle()
    expect(task.snapshot.outcome).toEqual({ status: "completed", output: false })
  })
})

describe("events", () => {
  it("are ordered, with acknowledgement or without", async () => {
    const { supervisor, clock } = setup()
    const heard: string[] = []
    supervisor.addCoroutine(
      async (ctx) => {
        ctx.sendEvent("a" as never, 0)
        const acknowledged = ctx.sendEventAndWait("b" as never, 0)
        ctx.sendEvent("c" as never, 0)
        await acknowledged
        ctx.sendEvent("d" as never, 0)
      },
      [],
      { whenEvent: (_task, name) => heard.push(name) },
    )
    await clock.settle()
    expect(heard).toEqual(["a", "b", "c", "d"])
  })

  it("are never dropped: ten thousand in one tick all arrive, in order", async () => {
    const { supervisor, clock } = setup()
    const heard: unknown[] = []
    supervisor.addCoroutine(
      (ctx) => {
        for (let i = 0; i < 10_000; i++) ctx.sendEvent("n" as never, i)
      },
      [],
      { whenEvent: (_task, _name, data) => heard.push(data) },
    )
    await clock.settle()
    expect(heard).toEqual(Array.from({ length: 10_000 }, (_, i) => i))
  })

  it("of an attempt that failed were delivered before the next one", async () => {
    const { supervisor, clock } = setup()
    const heard: unknown[] = []
    supervisor.addCoroutine(
      (ctx) => {
        ctx.sendEvent("attempt" as never, ctx.attempt)
        if (ctx.attempt < 3) ctx.retry({ after: 0 })
      },
      [],
      { retry: { maxAttempts: 3 }, whenEvent: (_task, _name, data) => heard.push(data) },
    )
    await clock.advance("1 second")
    expect(heard).toEqual([1, 2, 3])
  })

  it("of an attempt that is over do not reach into the next one", async () => {
    const { supervisor, clock } = setup()
    const heard: unknown[] = []
    let first: TaskContext | undefined
    const task = supervisor.addCoroutine(
      async (ctx) => {
        if (ctx.attempt === 1) {
          first = ctx
          throw new Error("again")
        }
        await untilAborted(ctx)
      },
      [],
      { retry: { maxAttempts: 2, delay: 0 }, whenEvent: (_task, name) => heard.push(name) },
    )
    await clock.advance("1 second")
    expect(task.snapshot).toMatchObject({ attempt: 2, phase: "executing" })
    first?.sendEvent("late" as never, 1)
    first?.setProgress(0.9)
    first?.setMessage("late")
    await clock.advance("1 second")
    expect(heard).toEqual([])
    expect(task.snapshot).toMatchObject({ progress: 0, message: undefined })
    expect(await first?.sendEventAndWait("late" as never, 1)).toBe(false)
  })
})

describe("facts", () => {
  it("are one ordered stream, from the submission to the outcome, after which comes nothing", async () => {
    const { supervisor, clock } = setup()
    const facts: { type: string; sequence: number; at: number }[] = []
    supervisor.onFact((fact) => facts.push(fact))
    const go = gate()
    const task = supervisor.addCoroutine(async (ctx) => {
      ctx.log.info("begins", { n: 1 })
      ctx.setProgress(0.5)
      ctx.setMessage("half")
      await go.opened
      ctx.sendEvent("e" as never, 1)
      ctx.log.warn("ends")
    }, [])
    await clock.advance("1 second")
    go.open()
    await clock.advance("1 second")
    await task.cancel()
    const types = facts.map(({ type }) => type)
    expect(types.filter((type, i) => type !== "report" || types[i - 1] !== "report")).toEqual([
      "submitted",
      "state",
      "log",
      "report",
      "event",
      "log",
      "outcome",
    ])
    const sequences = facts.map(({ sequence }) => sequence)
    expect(sequences).toEqual(sequences.toSorted((a, b) => a - b))
    expect(facts[2]).toMatchObject({ level: "info", data: ["begins", { n: 1 }] })
    expect(facts.find(({ type }) => type === "event")).toMatchObject({ event: "e", data: 1 })
    expect(facts.at(-1)).toMatchObject({ type: "outcome", outcome: { status: "completed" }, task: task.id })
  })

  it("carry the channel that the definition and the run name together", async () => {
    const { supervisor, clock } = setup()
    const channels: unknown[] = []
    supervisor.onFact((fact) => fact.type === "event" && channels.push(fact.channel))
    const send = (ctx: TaskContext): void => ctx.sendEvent("e" as never, 1)
    supervisor.addCoroutine(send, [], { publish: "demo", publishId: "test1" })
    supervisor.addCoroutine(send, [])
    await clock.settle()
    expect(channels).toEqual(["demo__test1", undefined])
  })
})
