import { chain, createSupervisor, defineTask, map } from "tasktor"
import { type ActorFrame, type Frame, recordInspection, type RecorderOptions } from "tasktor/inspector"
import { describe, expect, it } from "vitest"
import { assign, createActor, createMachine } from "xstate"
import { setup } from "../../support/setup.ts"
import { sleep, untilAborted } from "../../support/wait.ts"

const isActor = (frame: Frame): frame is ActorFrame => frame.type === "@xstate.actor"

/** The names of the tasks that there are frames of. */
function tasksIn(frames: readonly Frame[]): string[] {
  return frames.filter(isActor).flatMap(({ snapshot }) => {
    const { name, phase } = (snapshot.context ?? {}) as { readonly name?: string; readonly phase?: string }
    return phase === undefined || name === undefined ? [] : [name]
  })
}

function recorded(options: RecorderOptions = {}) {
  const recorder = recordInspection(options)
  return { recorder, ...setup({ inspect: recorder.inspect }) }
}

const quick = defineTask({ name: "quick", run: (_ctx, n: number) => n })
const broken = defineTask({ name: "broken", run: () => Promise.reject(new Error("no")) })

describe("the policy", () => {
  it.each([
    ["all", "all", 300],
    ["a sample: the first of each name, then one of so many", { sample: 10 }, 10 + 29],
    ["a function", ({ id }: { readonly id: string }) => id.endsWith("7"), 30],
  ] as const)("%s", async (_title, tasks, count) => {
    const { recorder, supervisor, clock } = recorded({ tasks, frames: 10_000 })
    for (let n = 0; n < 300; n++) supervisor.run(quick(n))
    await clock.settle()
    expect(tasksIn(recorder.frames())).toHaveLength(count)
    expect(recorder.counts).toEqual({ tasks: 300, leftOut: 300 - count })
    const told = recorder.frames().findLast(({ type }) => type === "@tasktor.counts")
    const leftOut = told?.type === "@tasktor.counts" ? told.leftOut : 0
    expect(leftOut).toBe(300 - count)
  })

  it("running: a task is there from the moment in which it runs", async () => {
    const recorder = recordInspection({ tasks: "running" })
    const { supervisor, clock } = setup({ inspect: recorder.inspect, concurrency: { coroutine: 2 } })
    for (let n = 0; n < 5; n++) supervisor.addCoroutine(() => sleep(clock, 1000), [])
    await clock.settle()
    expect(tasksIn(recorder.frames())).toHaveLength(2)
    await clock.advance("1 minute")
    expect(tasksIn(recorder.frames())).toHaveLength(5)
  })

  it("running: a pipeline inside another one is there with its machine", async () => {
    const recorder = recordInspection({ tasks: "running" })
    const { supervisor, clock } = setup({ inspect: recorder.inspect })
    supervisor.run(chain(map(quick, [1]), quick as never))
    await clock.settle()
    const names = recorder
      .frames()
      .filter(isActor)
      .map(({ name }) => name.replace(/^t\w+-/, "t-"))
    expect(names).toEqual(expect.arrayContaining(["t-2", "t-2.steps"]))
  })

  it("tells of a task that was left out when it fails or is cancelled", async () => {
    const { recorder, supervisor, clock } = recorded({ tasks: () => false })
    supervisor.run(quick(1))
    supervisor.run(broken())
    void supervisor.addCoroutine(untilAborted, [], { key: "long" }).cancel("enough")
    await clock.settle()
    const ends = recorder
      .frames()
      .filter(isActor)
      .map(({ snapshot }) => snapshot.value)
    expect(ends).toEqual(["open", "cancelled", "failed"])
    expect(recorder.counts).toEqual({ tasks: 3, leftOut: 1 })
  })

  it("leaves out no supervisor, no pipeline that stands alone, and no machine of one's own", async () => {
    const { recorder, supervisor, clock } = recorded({ tasks: () => false })
    supervisor.run(chain(map(quick, [1, 2, 3]), quick as never))
    createActor(createMachine({ id: "light", initial: "green", states: { green: {} } }), {
      inspect: recorder.inspect,
    }).start()
    await clock.settle()
    const names = recorder
      .frames()
      .filter(isActor)
      .map(({ name }) => name.replace(/^t\w+-/, "t-"))
    expect(names).toEqual(["supervisor", "t-1", "t-1.steps", "light"])
  })

  it.each([
    [
      { tasks: "some" },
      TypeError,
      '"tasks" must be "all", "running", { sample: 1000 } or a function, current value is "some"',
    ],
    [{ tasks: { sample: 0 } }, RangeError, '"tasks.sample" must be a whole number, 1 or more, current value is 0'],
    [{ frames: 1.5 }, RangeError, '"frames" must be a whole number, 1 or more, current value is 1.5'],
    [{ bytes: "1 MB" }, RangeError, '"bytes" must be a whole number'],
    [{ sanitize: /token/ }, TypeError, '"sanitize" must be a function'],
  ])("refuses %o", (options, error, message) => {
    const record = (): unknown => recordInspection(options as RecorderOptions)
    expect(record).toThrow(error)
    expect(record).toThrow(`Cannot inspect: ${message}`)
  })
})

describe("memory", () => {
  it("is bounded, by frames and by bytes, and what lives is known all the same", async () => {
    const { recorder, supervisor, clock } = recorded({ tasks: "all", frames: 200, bytes: 100_000 })
    const first = supervisor.addCoroutine(async (ctx) => {
      ctx.setMessage("half of it")
      await untilAborted(ctx)
    }, [])
    await clock.settle()
    recorder.frames()
    let most = 0
    for (let round = 0; round < 50; round++) {
      for (let n = 0; n < 20; n++) supervisor.run(quick(n))
      await clock.settle()
      most = Math.max(most, recorder.bytes)
    }
    expect(most).toBeLessThanOrEqual(100_000)
    const frames = recorder.frames()
    expect(frames.length).toBeLessThan(210)
    // As it was before the oldest frame, not as it began.
    expect(frames.filter(isActor).find(({ name }) => name === first.id)?.snapshot).toMatchObject({
      value: { running: "executing" },
      context: { message: "half of it" },
    })
    expect(frames.find(isActor)?.name).toBe("supervisor")
  })

  it("takes a definition once, however many tasks have it", async () => {
    const { recorder, supervisor, clock } = recorded({ tasks: "all" })
    supervisor.run(quick(0))
    await clock.settle()
    recorder.frames()
    const before = recorder.bytes
    for (let n = 0; n < 100; n++) supervisor.run(quick(n))
    await clock.settle()
    const definition = recorder.frames().findLast(isActor)?.definition ?? ""
    expect(definition.length).toBeGreaterThan(1000)
    const frames = recorder.toString().length
    expect(2 * frames - (recorder.bytes - before)).toBeGreaterThan(100 * 2 * definition.length * 0.8)
  })

  it("is bounded by many large actors that live as well, and they push out no frames", () => {
    const recorder = recordInspection({ bytes: 2_000_000 })
    const machine = createMachine({
      id: "large",
      initial: "on",
      context: () => ({ text: Array.from({ length: 5 }, () => "x".repeat(3400)) }),
      states: { on: { on: { next: "off" } }, off: {} },
    })
    const actors = Array.from({ length: 200 }, () => createActor(machine, { inspect: recorder.inspect }).start())
    for (const actor of actors) actor.send({ type: "next" })
    expect(recorder.bytes).toBeLessThanOrEqual(2_000_000)
    const frames = recorder.frames()
    expect(frames.filter((frame) => frame.type === "@xstate.snapshot").length).toBeGreaterThan(20)
    const told = frames.filter(isActor)
    expect(told).toHaveLength(200)
    // What there is no room for is its machine context, not its state.
    expect(told[0]?.snapshot).toEqual({
      status: "active",
      value: "off",
      context: { "…": expect.any(String) as unknown },
    })
  })

  it("knows a task that lives whatever it has of data, and forgets the oldest where there is no room at all", async () => {
    const { recorder, supervisor, clock } = recorded({ tasks: "all", bytes: 100_000 })
    const said = (n: number): string => `${n}`.repeat(4000)
    const tasks = Array.from({ length: 60 }, (_, n) =>
      supervisor.addCoroutine(
        async (ctx) => {
          ctx.setMessage(said(n))
          await untilAborted(ctx)
        },
        [],
        { tags: ["large"] },
      ),
    )
    await clock.settle()
    for (let n = 0; n < 100; n++) {
      supervisor.run(quick(n))
      await clock.settle()
    }
    expect(recorder.bytes).toBeLessThanOrEqual(100_000)
    const told = recorder.frames().filter(isActor)
    expect(told[0]?.name).toBe("supervisor")
    const last = told.find(({ name }) => name === tasks.at(-1)?.id)
    expect(last?.snapshot).toMatchObject({ context: { id: last?.name, status: "running", tags: ["large"] } })
    expect(told.map(({ name }) => name)).not.toContain(tasks[0]?.id)
  })

  it("counts definitions, and has none that is longer than anybody draws", () => {
    const recorder = recordInspection()
    const start = (states: number): string => {
      const machine = createMachine({
        id: `of-${states}`,
        initial: "s0",
        states: Object.fromEntries(
          Array.from({ length: states }, (_, n) => [`s${n}`, { description: "d".repeat(100) }]),
        ),
      })
      createActor(machine, { inspect: recorder.inspect }).start()
      return recorder.frames().findLast(isActor)?.definition ?? ""
    }
    const definition = start(1000)
    expect(Object.keys((JSON.parse(definition) as { readonly states: object }).states)).toHaveLength(1000)
    expect(recorder.bytes).toBeGreaterThan(2 * definition.length)
    expect(JSON.parse(start(5000))).toEqual({ id: "of-5000" })
  })

  it("does not grow with the tasks that are left out", async () => {
    const { recorder, supervisor, clock } = recorded({ tasks: { sample: 10 } })
    for (let n = 0; n < 10; n++) supervisor.run(quick(n))
    await clock.settle()
    recorder.frames()
    const { bytes } = recorder
    for (let n = 0; n < 10_000; n++) supervisor.run(quick(n))
    await clock.settle()
    recorder.frames()
    expect(recorder.counts.tasks).toBe(10_010)
    // 1000 of them are in the sample.
    expect(recorder.bytes - bytes).toBeLessThan(1000 * 10_000)
    expect(recorder.counts.leftOut).toBe(10_010 - 10 - 1000)
  })

  it("has only the last report of those that come at once", async () => {
    const { recorder, supervisor, clock } = recorded({ tasks: "all" })
    supervisor.addCoroutine(async (ctx) => {
      for (let n = 1; n <= 100; n++) {
        ctx.setProgress(n / 100)
        await sleep(clock, 100)
      }
    }, [])
    await clock.advance("1 minute")
    const reports = recorder.frames().filter((frame) => frame.type === "@xstate.event" && frame.event.type === "report")
    expect(reports.length).toBeLessThan(50)
    expect(reports.at(-1)).toMatchObject({ event: { progress: 1 } })
  })
})

describe("what is recorded", () => {
  it("is plain data, whatever it was, and tells what is left out", async () => {
    const { recorder, supervisor, clock } = recorded({ tasks: "all" })
    const circle: Record<string, unknown> = { name: "circle" }
    circle["self"] = circle
    const nasty = {
      circle,
      big: 10n ** 30n,
      map: new Map([["a", { b: 1 }]]),
      set: new Set([1, 2]),
      bytes: new Uint8Array(1_000_000),
      text: "x".repeat(100_000),
      list: Array.from({ length: 1000 }, (_, n) => n),
      error: new RangeError("far", { cause: new Error("deep") }),
      never: Number.NaN,
      date: new Date(0),
      call: function named() {},
      symbol: Symbol("s"),
      get throws() {
        throw new Error("not now")
      },
      deep: Array.from({ length: 20 }).reduce<unknown>((inner) => ({ inner }), 1),
      ["__proto__x"]: 1,
    }
    supervisor.addCoroutine(() => nasty, [])
    await clock.settle()
    const text = recorder.toString()
    expect(text.length).toBeLessThan(200_000)
    const complete = recorder
      .frames()
      .find((frame) => frame.type === "@xstate.event" && frame.event.type === "complete")
    expect(complete).toMatchObject({
      event: {
        output: {
          circle: { name: "circle", self: "[circular]" },
          big: `1${"0".repeat(30)}n`,
          map: { type: "Map", entries: [["a", { b: 1 }]] },
          set: { type: "Set", values: [1, 2] },
          bytes: "[Uint8Array of 1000000 bytes]",
          text: expect.stringMatching(/^x{4000}… \[100000 characters\]$/) as unknown,
          error: { name: "RangeError", message: "far", cause: { message: "deep" } },
          never: "NaN",
          date: "1970-01-01T00:00:00.000Z",
          call: { type: "named" },
          symbol: "Symbol(s)",
          throws: "[cannot be read: not now]",
        },
      },
    })
    const { output } = (complete as unknown as { readonly event: { readonly output: typeof nasty } }).event
    expect(output.list).toHaveLength(201)
    expect(output.list.at(-1)).toBe("[and 800 more]")
    expect(JSON.stringify(output.deep)).toContain('"[Object]"')
  })

  it.each<[string, () => unknown, string]>([
    ["output", () => Array.from({ length: 200 }, (_, id) => ({ id, text: "x".repeat(600) })), "completed"],
    [
      "error",
      () => {
        throw Object.assign(new Error("no"), {
          responses: Array.from({ length: 100 }, () => ({ body: "x".repeat(2000) })),
        })
      },
      "failed",
    ],
  ])("is all of a task but for an %s that is too large", async (_what, run, status) => {
    const { recorder, supervisor, clock } = recorded({ tasks: "all" })
    supervisor.addCoroutine(run, [], { tags: ["large", "odd"] })
    await clock.settle()
    const last = recorder.frames().findLast((frame) => frame.type === "@xstate.snapshot")
    expect(JSON.stringify(last)).toContain("too much")
    expect(JSON.stringify(last?.snapshot).length).toBeLessThan(120_000)
    expect(last).toMatchObject({
      event: { at: expect.any(Number) as unknown },
      snapshot: {
        value: status,
        context: {
          failures: status === "failed" ? [{ error: { name: "Error", message: "no" } }] : [],
          outcome: { status },
          submittedAt: expect.any(Number) as unknown,
          startedAt: expect.any(Number) as unknown,
          settledAt: expect.any(Number) as unknown,
          tags: ["large", "odd"],
          visible: true,
          sequence: expect.any(Number) as unknown,
        },
      },
    })
  })

  it("has a machine's state and its numbers, however large its output is", () => {
    const recorder = recordInspection()
    const machine = createMachine({
      initial: "end",
      context: { counts: { done: 1 } },
      states: { end: { type: "final" } },
      output: () => Array.from({ length: 100 }, () => "x".repeat(3000)),
    })
    createActor(machine, { inspect: recorder.inspect }).start()
    const actor = recorder.frames().find(isActor)
    expect(actor?.snapshot).toMatchObject({ status: "done", value: "end", context: { counts: { done: 1 } } })
  })

  it("has no snapshot that says nothing new", () => {
    const recorder = recordInspection()
    const machine = createMachine({
      initial: "on",
      context: { list: [1] },
      states: {
        on: { on: { copy: { actions: assign({ list: ({ context }) => [...context.list] }) }, next: "off" } },
        off: {},
      },
    })
    const actor = createActor(machine, { inspect: recorder.inspect }).start()
    for (const type of ["unknown", "copy", "next"]) actor.send({ type })
    const told = recorder.frames().map((frame) => `${frame.type} ${"event" in frame ? frame.event.type : ""}`)
    expect(told.slice(2)).toEqual([
      "@xstate.event unknown",
      "@xstate.event copy",
      "@xstate.event next",
      "@xstate.snapshot next",
    ])
  })

  it("goes through sanitize, at every depth, and is left out when that throws", async () => {
    const { recorder, supervisor, clock } = recorded({
      tasks: "all",
      sanitize: (name, value) => {
        if (name === "fragile") throw new Error("stumbled")
        return /password/i.test(name) ? "[hidden]" : value
      },
    })
    supervisor.addCoroutine(
      () => ({
        user: { name: "ann", passwordOfAnn: "hunter2" },
        list: [{ password: ["hunter2"] }],
        fragile: "hunter2",
      }),
      [],
    )
    await clock.settle()
    expect(recorder.toString()).not.toContain("hunter2")
    expect(recorder.toString()).toContain("ann")
    expect(recorder.toString()).toContain("[left out: sanitize threw]")
  })

  it("goes through sanitize in a machine's definition as well, which has no machine context", () => {
    const recorder = recordInspection({
      sanitize: (name, value) => (/token/i.test(name) ? "[hidden]" : value),
    })
    const machine = createMachine({
      id: "api",
      context: { apiToken: "hunter2", other: "of the context" },
      initial: "on",
      states: {
        on: {
          entry: { type: "call", params: { token: "hunter2", path: "/users" } },
          invoke: { src: "fetcher", input: { nested: { sessionToken: "hunter2" } } },
        },
      },
    }).provide({ actions: { call: () => undefined }, actors: { fetcher: createMachine({}) } })
    createActor(machine, { inspect: recorder.inspect }).start()
    expect(recorder.toString()).not.toContain("hunter2")
    const definition = recorder.frames().find(isActor)?.definition ?? ""
    expect(definition).toContain("[hidden]")
    expect(JSON.parse(definition)).toMatchObject({
      id: "api",
      states: { on: { entry: { params: { path: "/users" } } } },
    })
    expect(definition).not.toContain("of the context")
  })

  it("has a growing number for each frame, and none twice", async () => {
    const { recorder, supervisor, clock } = recorded({ tasks: "all" })
    for (let n = 0; n < 5; n++) supervisor.run(quick(n))
    await clock.settle()
    const ids = recorder.frames().map(({ id }) => Number(id))
    expect(ids).toEqual(ids.map((_, index) => index + 1))
  })

  it("harms nobody when the policy or the values are at fault, and says so once", async () => {
    const warnings: string[] = []
    const recorder = recordInspection({
      tasks: () => {
        throw new Error("the policy is broken")
      },
      warn: (message, cause) => warnings.push(`${message}: ${String(cause)}`),
    })
    const supervisor = createSupervisor({ inspect: recorder.inspect })
    expect(await Promise.all([1, 2, 3].map((n) => supervisor.run(quick(n)).result()))).toEqual([1, 2, 3])
    expect(warnings).toEqual(["tasktor: The inspector could not record everything: Error: the policy is broken"])
  })
})

describe("attach", () => {
  it("finds what lives already: the supervisor, tasks with and without actors, pipelines; and lets go again", async () => {
    const { supervisor, clock } = setup({ concurrency: { coroutine: 1 } })
    const running = supervisor.addCoroutine(untilAborted, [])
    void running.actor // made for somebody else
    const waiting = supervisor.addCoroutine(() => 1, [])
    const hidden = supervisor.addCoroutine(() => 1, [], { visible: false })
    const pipeline = supervisor.run(chain(quick(1), quick))
    void pipeline.pipeline
    await clock.settle()
    const recorder = recordInspection({ tasks: "all" })
    const detach = recorder.attach(supervisor)
    const names = recorder
      .frames()
      .filter(isActor)
      .map(({ name }) => name)
    const ids = [running, waiting, hidden, pipeline].map(({ id }) => id)
    expect(names).toEqual(expect.arrayContaining(["supervisor", ...ids, `${pipeline.id}.steps`]))
    expect(new Set(names).size).toBe(names.length)
    expect(names.indexOf("supervisor")).toBe(0)

    void running.cancel()
    await clock.settle()
    const last = recorder
      .frames()
      .findLast(
        (frame) => frame.type === "@xstate.snapshot" && (frame.snapshot.context as { id?: string }).id === running.id,
      )
    expect(last).toMatchObject({ snapshot: { value: "cancelled" } })
    detach()
    const { length } = recorder.frames()
    supervisor.run(quick(1))
    await clock.settle()
    expect(recorder.frames()).toHaveLength(length)
  })

  it("twice, and beside another observer, each has all of it", async () => {
    const first = recordInspection({ tasks: "all" })
    const { supervisor, clock } = setup({ inspect: first.inspect })
    supervisor.addCoroutine(untilAborted, [])
    await clock.settle()
    const second = recordInspection({ tasks: "all" })
    second.attach(supervisor)
    supervisor.run(quick(1))
    await clock.settle()
    const names = (frames: readonly Frame[]): unknown => frames.filter(isActor).map(({ name }) => name)
    expect(names(second.frames())).toEqual(names(first.frames()))
  })
})
