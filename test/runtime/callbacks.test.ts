import type { SupervisorSnapshot, TaskHandle, TaskSnapshot } from "tasktor"
import { describe, expect, it } from "vitest"
import { setup } from "../support/setup.ts"
import { gate, isSettled, sleep, statusesOf, untilAborted } from "../support/wait.ts"

describe("whenDone", () => {
  it.each([
    ["completed", () => 1],
    ["failed", () => Promise.reject(new Error("no"))],
    ["cancelled", untilAborted],
  ] as const)("is called once when the task is %s, after its state is final", async (status, body) => {
    const { supervisor, clock } = setup()
    const seen: unknown[] = []
    const task = supervisor.addCoroutine(body, [], {
      key: "k",
      whenDone: (done) =>
        seen.push([done.id, done.snapshot.status, supervisor.find("k"), done.snapshot.outcome?.status]),
    })
    await clock.settle()
    void task.cancel()
    await clock.advance("1 minute")
    expect(seen).toEqual([[task.id, status, undefined, status]])
  })

  it("is called for a task that is cancelled before it began", async () => {
    const { supervisor, clock } = setup()
    let calls = 0
    const task = supervisor.addCoroutine(() => 1, [], { delay: "1 hour", whenDone: () => calls++ })
    void task.cancel()
    await clock.settle()
    expect(calls).toBe(1)
  })

  it("may submit the next task under the same key", async () => {
    const { supervisor, clock } = setup()
    const outputs: unknown[] = []
    const next = (task: TaskHandle): void => {
      outputs.push(task.snapshot.outcome)
      if (outputs.length < 3)
        supervisor.addCoroutine(() => outputs.length, [], { key: "k", onConflict: "reject", whenDone: next })
    }
    supervisor.addCoroutine(() => 0, [], { key: "k", whenDone: next })
    await clock.settle()
    expect(outputs).toEqual([0, 1, 2].map((output) => ({ status: "completed", output })))
  })

  it("that throws is reported, and harms nothing", async () => {
    const { supervisor, clock, warnings } = setup()
    const error = new Error("in whenDone")
    const task = supervisor.addCoroutine(() => 1, [], {
      whenDone: () => {
        throw error
      },
    })
    const other = supervisor.addCoroutine(() => sleep(clock, 10), [])
    await clock.advance("1 second")
    expect([task.snapshot.status, other.snapshot.status]).toEqual(["completed", "completed"])
    expect(await isSettled(supervisor, clock)).toBe(true)
    expect(warnings.map(({ cause }) => cause)).toEqual([error])
    expect(warnings[0]?.message).toContain("whenDone")
  })
})

describe("whenEvent", () => {
  it("gets each event once, in order, with the task and the name", async () => {
    const { supervisor, clock } = setup()
    const heard: unknown[] = []
    const task = supervisor.addCoroutine(
      (ctx) => {
        for (let i = 0; i < 3; i++) ctx.sendEvent(`n${i}` as never, i)
      },
      [],
      { whenEvent: (from, name, data) => heard.push([from.id, name, data]) },
    )
    await clock.settle()
    expect(heard).toEqual([
      [task.id, "n0", 0],
      [task.id, "n1", 1],
      [task.id, "n2", 2],
    ])
  })

  it("is called for all events before whenDone, and after it for none", async () => {
    const { supervisor, clock } = setup()
    const order: string[] = []
    let leaked: (() => void) | undefined
    supervisor.addCoroutine(
      (ctx) => {
        ctx.sendEvent("last" as never, 1)
        leaked = () => ctx.sendEvent("late" as never, 2)
      },
      [],
      { whenEvent: (_task, name) => order.push(name), whenDone: () => order.push("whenDone") },
    )
    await clock.settle()
    leaked?.()
    await clock.advance("1 second")
    expect(order).toEqual(["last", "whenDone"])
  })
})

describe("a listener of one event", () => {
  it("gets those of its name, until it is taken off", async () => {
    const { supervisor, clock } = setup()
    const step = [gate(), gate()]
    const heard: unknown[] = []
    const { defineTask, events } = await import("tasktor")
    const counter = defineTask({
      name: "counter",
      events: events<{ count: number; other: string }>(),
      run: async (ctx) => {
        ctx.sendEvent("other", "x")
        ctx.sendEvent("count", 1)
        await step[0]!.opened
        ctx.sendEvent("count", 2)
        await step[1]!.opened
        ctx.sendEvent("count", 3)
      },
    })
    const task = supervisor.run(counter())
    const stop = task.on("count", (data) => void heard.push(data))
    await clock.settle()
    step[0]!.open()
    await clock.settle()
    stop()
    step[1]!.open()
    await clock.settle()
    expect(heard).toEqual([1, 2])
    expect(task.snapshot.status).toBe("completed")
  })

  it("that is told twice is called twice, and taken off once for each", async () => {
    const { supervisor, clock } = setup()
    const step = gate()
    let calls = 0
    const task: TaskHandle<void, { tick: number }> = supervisor.addCoroutine(async (ctx) => {
      ctx.sendEvent("tick" as never, 1)
      await step.opened
      ctx.sendEvent("tick" as never, 2)
    }, [])
    const listener = (): void => void calls++
    const stop = task.on("tick", listener)
    task.on("tick", listener)
    await clock.settle()
    expect(calls).toBe(2)
    stop()
    stop()
    step.open()
    await clock.settle()
    expect(calls).toBe(3)
  })
})

describe("subscribe of a handle", () => {
  it("tells each state, the last of them final, and nothing afterwards", async () => {
    const { supervisor, clock } = setup()
    const task = supervisor.addCoroutine(() => sleep(clock, 10), [])
    const statuses = statusesOf(task)
    await clock.advance("1 second")
    expect(statuses).toEqual(["pending", "running", "completed"])
  })

  it("stops when it is told to", async () => {
    const { supervisor, clock } = setup()
    const task = supervisor.addCoroutine(() => sleep(clock, 1000), [])
    let calls = 0
    const stop = task.subscribe(() => calls++)
    await clock.settle()
    const before = calls
    stop()
    await clock.advance("1 minute")
    expect(before).toBeGreaterThan(0)
    expect(calls).toBe(before)
  })

  it("that throws is reported, and the other listeners hear all the same", async () => {
    const { supervisor, clock, warnings } = setup()
    const error = new Error("in a listener")
    const task = supervisor.addCoroutine(() => 1, [])
    task.subscribe(() => {
      throw error
    })
    const statuses = statusesOf(task)
    await clock.settle()
    expect(statuses).toEqual(["pending", "running", "completed"])
    expect(warnings.length).toBeGreaterThan(0)
    expect(warnings.every(({ cause }) => cause === error)).toBe(true)
  })

  it("gives immutable snapshots, whose sequence grows", async () => {
    const { supervisor, clock } = setup()
    const task = supervisor.addCoroutine(async (ctx) => {
      ctx.setProgress(0.5)
      await sleep(clock, 100)
      ctx.setMessage("half")
      await sleep(clock, 100)
    }, [])
    const seen: { snapshot: TaskSnapshot; copy: TaskSnapshot }[] = []
    task.subscribe((snapshot) => seen.push({ snapshot, copy: structuredClone(snapshot) }))
    await clock.advance("1 second")
    expect(seen.length).toBeGreaterThan(3)
    for (const { snapshot, copy } of seen) expect(snapshot).toEqual(copy)
    const sequences = seen.map(({ snapshot }) => snapshot.sequence)
    expect(sequences).toEqual(sequences.toSorted((a, b) => a - b))
    expect(new Set(sequences).size).toBe(sequences.length)
  })
})

describe("subscribe of the supervisor", () => {
  it("is called at most once in a tick, not at once, and with all that happened", async () => {
    const { supervisor, clock } = setup()
    const calls: SupervisorSnapshot[] = []
    supervisor.subscribe((snapshot) => calls.push(snapshot))
    for (let i = 0; i < 10; i++) supervisor.addCoroutine(() => 1, [], { delay: "1 hour" })
    expect(calls).toHaveLength(0)
    await clock.settle()
    expect(calls).toHaveLength(1)
    expect(calls[0]?.tasks).toHaveLength(10)
  })

  it("gives the tasks oldest first", async () => {
    const { supervisor, clock } = setup()
    const ids = Array.from({ length: 5 }, (_, i) => supervisor.addCoroutine(untilAborted, [], { priority: i }).id)
    await clock.settle()
    expect(supervisor.getSnapshot().tasks.map(({ id }) => id)).toEqual(ids)
    await supervisor.get(ids[2]!).cancel()
    ids.splice(2, 1)
    ids.push(supervisor.addCoroutine(untilAborted, []).id)
    await clock.settle()
    expect(supervisor.getSnapshot().tasks.map(({ id }) => id)).toEqual(ids)
  })

  it("gives immutable snapshots: one that was kept does not change", async () => {
    const { supervisor, clock } = setup()
    const kept: { snapshot: SupervisorSnapshot; copy: string }[] = []
    supervisor.subscribe((snapshot) => kept.push({ snapshot, copy: JSON.stringify(snapshot) }))
    for (let i = 0; i < 4; i++) {
      supervisor.addCoroutine(async (ctx) => {
        ctx.setProgress(0.1 * i)
        await sleep(clock, 100 * i)
      }, [])
      await clock.advance("50 ms")
    }
    await clock.advance("1 second")
    expect(kept.length).toBeGreaterThan(4)
    for (const { snapshot, copy } of kept) expect(JSON.stringify(snapshot)).toBe(copy)
  })

  it("ends with an empty list, progress 1, and the counts", async () => {
    const { supervisor, clock } = setup()
    let last: SupervisorSnapshot | undefined
    supervisor.subscribe((snapshot) => (last = snapshot))
    supervisor.addCoroutine(() => 1, [])
    supervisor.addCoroutine(() => Promise.reject(new Error("no")), [])
    const task = supervisor.addCoroutine(untilAborted, [])
    await clock.settle()
    await task.cancel()
    await clock.advance("1 second")
    expect(last).toMatchObject({
      state: "open",
      tasks: [],
      progress: 1,
      counts: { pending: 0, running: 0, completed: 1, failed: 1, cancelled: 1 },
    })
  })

  it("stops when it is told to, and a listener that throws is reported and harms no other", async () => {
    const { supervisor, clock, warnings } = setup()
    let heard = 0
    let stopped = 0
    const error = new Error("in a view")
    supervisor.subscribe(() => {
      throw error
    })
    const stop = supervisor.subscribe(() => stopped++)
    supervisor.subscribe(() => heard++)
    stop()
    supervisor.addCoroutine(() => 1, [])
    await clock.settle()
    expect(stopped).toBe(0)
    expect(heard).toBeGreaterThan(0)
    expect(warnings[0]?.cause).toBe(error)
  })

  it("counts what is alive by its status", async () => {
    const { supervisor, clock } = setup({ concurrency: { coroutine: 1 } })
    supervisor.addCoroutine(untilAborted, [])
    supervisor.addCoroutine(untilAborted, [])
    supervisor.addCoroutine(untilAborted, [], { delay: "1 hour" })
    await clock.settle()
    expect(supervisor.getSnapshot().counts).toEqual({ pending: 2, running: 1, completed: 0, failed: 0, cancelled: 0 })
  })
})

describe("tasksUpdated", () => {
  it("gives the living tasks and the overall progress, the last time none and 1", async () => {
    const { supervisor, clock } = setup()
    const calls: [readonly (readonly [string, string | undefined])[], number][] = []
    const stop = supervisor.tasksUpdated.connect((tasks, progress) =>
      calls.push([tasks.map(({ status, message }) => [status, message]), progress]),
    )
    const steps = [gate(), gate()]
    supervisor.addCoroutine(async (ctx) => {
      await steps[0]!.opened
      ctx.setMessage("half way")
      ctx.setProgress(0.5)
      await steps[1]!.opened
    }, [])
    await clock.settle()
    expect(calls[0]?.[0]).toHaveLength(1)
    expect(calls[0]?.[1]).toBe(0)
    steps[0]!.open()
    await clock.advance("1 second")
    expect(calls.at(-1)).toEqual([[["running", "half way"]], 0.5])
    steps[1]!.open()
    await clock.settle()
    expect(calls.at(-1)).toEqual([[], 1])
    const before = calls.length
    stop()
    supervisor.addCoroutine(() => 1, [])
    await clock.settle()
    expect(calls).toHaveLength(before)
  })
})

describe("dispatch", () => {
  it("is what every user callback goes through", async () => {
    const queue: (() => void)[] = []
    const { supervisor, clock } = setup({ dispatch: (callback) => void queue.push(callback) })
    const called: string[] = []
    const note = (name: string) => () => void called.push(name)
    supervisor.subscribe(note("subscribe"))
    supervisor.tasksUpdated.connect(note("tasksUpdated"))
    const task = supervisor.addCoroutine((ctx) => ctx.sendEvent("e" as never, 1), [], {
      whenDone: note("whenDone"),
      whenEvent: note("whenEvent"),
    })
    task.subscribe(note("handle.subscribe"))
    task.on("e" as never, note("handle.on"))
    await clock.advance("1 second")
    expect(task.snapshot.status).toBe("completed")
    expect(called).toEqual([])
    for (const callback of queue) callback()
    expect(new Set(called)).toEqual(
      new Set(["subscribe", "tasksUpdated", "whenDone", "whenEvent", "handle.subscribe", "handle.on"]),
    )
  })

  it("decides when an acknowledgement is given", async () => {
    const queue: (() => void)[] = []
    const { supervisor, clock } = setup({ dispatch: (callback) => void queue.push(callback) })
    let acknowledged: boolean | undefined
    supervisor.addCoroutine(async (ctx) => void (acknowledged = await ctx.sendEventAndWait("e" as never, 1)), [], {
      whenEvent: () => {},
    })
    await clock.settle()
    expect(acknowledged).toBeUndefined()
    for (const callback of queue.splice(0)) callback()
    await clock.settle()
    expect(acknowledged).toBe(true)
  })

  it.each([
    {
      how: "throws",
      dispatch: (): unknown => {
        throw new Error("no main thread")
      },
    },
    { how: "rejects", dispatch: (): unknown => Promise.reject(new Error("no main thread")) },
  ])("that $how is reported and harms nothing", async ({ dispatch }) => {
    const { supervisor, clock, warnings } = setup({ dispatch: () => dispatch() })
    const task = supervisor.addCoroutine(() => 1, [], { whenDone: () => {} })
    await clock.settle()
    expect(task.snapshot.status).toBe("completed")
    expect(warnings.length).toBeGreaterThan(0)
  })
})
