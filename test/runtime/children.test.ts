import { defineTask, events, type ChildHandle, type Supervisor, type TaskContext, type TaskHandle } from "tasktor"
import { describe, expect, it, onTestFinished } from "vitest"
import { setup, type SimulatedClock } from "../support/setup.ts"
import { forEver, gate, isSettled, sleep, untilAborted } from "../support/wait.ts"

const double = defineTask({ name: "double", run: (_ctx, n: number) => n * 2 })
const lasting = defineTask({ name: "lasting", run: (ctx) => untilAborted(ctx) })
const failing = defineTask({
  name: "failing",
  run: (): number => {
    throw new RangeError("too small")
  },
})

describe("a child task", () => {
  it("gives its output to the parent, and names it", async () => {
    const { supervisor, clock } = setup()
    let child: ChildHandle<number, {}> | undefined
    const parent = supervisor.addCoroutine(async (ctx) => {
      child = ctx.run(double(21))
      return child.result()
    }, [])
    await clock.settle()
    expect(parent.snapshot.outcome).toEqual({ status: "completed", output: 42 })
    expect(supervisor.get(child!.id).snapshot).toMatchObject({ name: "double", parent: parent.id, status: "completed" })
  })

  it("gives its failure to the parent, who may live on", async () => {
    const { supervisor, clock } = setup()
    const parent = supervisor.addCoroutine(async (ctx) => {
      const outcome = await ctx.run(failing()).outcome()
      const thrown = await ctx
        .run(failing())
        .result()
        .catch((error: Error) => error)
      return [outcome.status, (thrown as Error).name]
    }, [])
    await clock.settle()
    expect(parent.snapshot.outcome).toEqual({ status: "completed", output: ["failed", "TaskFailedError"] })
  })

  it("gives its events to the parent", async () => {
    const { supervisor, clock } = setup()
    const telling = defineTask({
      name: "telling",
      events: events<{ word: string }>(),
      run: async (ctx) => {
        ctx.sendEvent("word", "hello")
        return ctx.sendEventAndWait("word", "world")
      },
    })
    const heard: string[] = []
    const parent = supervisor.addCoroutine(async (ctx) => {
      const child = ctx.run(telling())
      child.on("word", (word) => void heard.push(word))
      return child.result()
    }, [])
    await clock.settle()
    expect(heard).toEqual(["hello", "world"])
    expect(parent.snapshot.outcome).toEqual({ status: "completed", output: true })
  })

  it("gives up its parent's slot while the parent waits for it: a full pool does not deadlock", async () => {
    const { supervisor, clock } = setup({ concurrency: { coroutine: 1 } })
    const nested = async (ctx: TaskContext, depth: number): Promise<number> =>
      depth === 0 ? 1 : 1 + (await ctx.run(nest(depth - 1)).result())
    const nest = defineTask({ name: "nest", run: nested })
    const parents = [supervisor.run(nest(3)), supervisor.run(nest(3))]
    await clock.settle()
    expect(parents.map(({ snapshot }) => snapshot.outcome)).toEqual([
      { status: "completed", output: 4 },
      { status: "completed", output: 4 },
    ])
  })

  it("waits for a slot of its own: children are never more at once than there are slots", async () => {
    const { supervisor, clock } = setup({ concurrency: { coroutine: 2 } })
    let running = 0
    let most = 0
    const working = defineTask({
      name: "working",
      run: async () => {
        most = Math.max(most, ++running)
        await sleep(clock, 10)
        running--
      },
    })
    const parents = Array.from({ length: 4 }, () =>
      supervisor.addCoroutine(async (ctx) => {
        await Promise.all(Array.from({ length: 3 }, () => ctx.run(working()).result()))
      }, []),
    )
    await clock.advance("10 seconds")
    expect(parents.map(({ snapshot }) => snapshot.status)).toEqual(Array(4).fill("completed"))
    expect(most).toBe(2)
  })

  it("gives its parent its slot back: bodies are never more at once than there are slots, whoever waited for whom", async () => {
    const { supervisor, clock } = setup({ concurrency: { coroutine: 2 } })
    let working = 0
    let most = 0
    const work = async (): Promise<void> => {
      most = Math.max(most, ++working)
      await sleep(clock, 10)
      working--
    }
    const worker = defineTask({ name: "worker", run: work })
    const parents = Array.from({ length: 4 }, () =>
      supervisor.addCoroutine(async (ctx) => {
        await work()
        await Promise.all([ctx.run(worker()).result(), ctx.run(worker()).result()])
        await work()
      }, []),
    )
    await clock.advance("10 seconds")
    expect(parents.map(({ snapshot }) => snapshot.status)).toEqual(parents.map(() => "completed"))
    expect(most).toBe(2)
  })

  it("moves its parent's progress by its weight, in the units of the parent's total", async () => {
    const { supervisor, clock } = setup()
    const contexts: TaskContext[] = []
    const waiting = defineTask({
      name: "waiting",
      run: (ctx) => {
        contexts.push(ctx)
        return untilAborted(ctx)
      },
    })
    const parent = supervisor.addCoroutine(async (ctx) => {
      ctx.setTotal(10)
      const children = [ctx.run(waiting(), { weight: 2 }), ctx.run(waiting(), { weight: 6 })]
      await Promise.all(children.map((child) => child.outcome()))
    }, [])
    await clock.settle()
    contexts[0]!.setProgress(0.5)
    await clock.advance("1 second")
    expect(parent.snapshot.progress).toBeCloseTo(0.1, 9)
    contexts[1]!.setProgress(0.5)
    await clock.advance("1 second")
    expect(parent.snapshot.progress).toBeCloseTo(0.4, 9)
  })

  it.each([1, 0.1])(
    "moves it by its share of all the weights when there is no total: %d to three times that",
    async (weight) => {
      const { supervisor, clock } = setup()
      const ends = [gate(), gate()]
      const ending = defineTask({ name: "ending", run: (_ctx, nr: number) => ends[nr]!.opened })
      const parent = supervisor.addCoroutine(async (ctx) => {
        const children = [ctx.run(ending(0), { weight }), ctx.run(ending(1), { weight: 3 * weight })]
        await Promise.all(children.map((child) => child.outcome()))
        await untilAborted(ctx)
      }, [])
      await clock.settle()
      ends[0]!.open()
      await clock.advance("1 second")
      expect(parent.snapshot.progress).toBeCloseTo(0.25, 9)
      ends[1]!.open()
      await clock.advance("1 second")
      expect(parent.snapshot.progress).toBeCloseTo(1, 9)
    },
  )

  it("moves the slice of the sub-context that it was run on", async () => {
    const { supervisor, clock } = setup()
    const parent = supervisor.addCoroutine(async (ctx) => {
      await ctx.subContext({ base: 0.2, range: 0.5 }).run(double(1)).result()
      await untilAborted(ctx)
    }, [])
    await clock.advance("1 second")
    expect(parent.snapshot.progress).toBeCloseTo(0.7, 9)
  })

  it("counts in its parent's progress and not in the supervisor's", async () => {
    const { supervisor, clock } = setup()
    supervisor.addCoroutine(async (ctx) => {
      ctx.setTotal(2)
      await ctx.run(double(1)).result()
      ctx.run(lasting())
      await untilAborted(ctx)
    }, [])
    await clock.advance("1 second")
    expect(supervisor.getSnapshot().progress).toBeCloseTo(0.5, 9)
  })

  it("does not move its parent's progress back when it begins its next attempt", async () => {
    const { supervisor, clock } = setup()
    const flaky = defineTask({
      name: "flaky",
      retry: { maxAttempts: 2, delay: "1 second", jitter: "none" },
      run: async (ctx) => {
        if (ctx.attempt === 2) return untilAborted(ctx)
        ctx.setProgress(0.8)
        throw new Error("again")
      },
    })
    const parent = supervisor.addCoroutine((ctx) => ctx.run(flaky()).outcome(), [])
    await clock.advance("500 ms")
    expect(parent.snapshot.progress).toBeCloseTo(0.8, 9)
    await clock.advance("1 second")
    expect(parent.snapshot.progress).toBeCloseTo(0.8, 9)
  })
})

describe("a child that several parents have joined", () => {
  /** Two parents that wait for one task of the same key. */
  async function sharing() {
    const { supervisor, clock } = setup()
    const ready = gate<TaskContext>()
    const end = gate<string>()
    const shared = defineTask({
      name: "shared",
      run: (ctx) => {
        ready.open(ctx)
        return Promise.race([end.opened, untilAborted(ctx)])
      },
    })
    const parents = ["first", "second"].map(() =>
      supervisor.addCoroutine((ctx) => ctx.run(shared(), { key: "shared", onConflict: "join" }).result(), []),
    )
    await clock.settle()
    return { supervisor, clock, parents, child: await ready.opened, end }
  }

  it("moves the progress of both, and gives both its output", async () => {
    const { clock, parents, child, end } = await sharing()
    child.setProgress(0.5)
    await clock.advance("1 second")
    expect(parents.map(({ snapshot }) => snapshot.progress)).toEqual([0.5, 0.5])
    end.open("for both")
    await clock.settle()
    expect(await Promise.all(parents.map((parent) => parent.result()))).toEqual(["for both", "for both"])
  })

  it("takes the forty thousandth that joins as quickly as the first", async () => {
    const { supervisor, clock } = setup()
    const wood = defineTask({ name: "wood", run: () => sleep(clock, 1000) })
    const parent = supervisor.addCoroutine((ctx) => {
      const joined = Array.from({ length: 40_000 }, () => ctx.run(wood(), { key: "wood", onConflict: "join" }))
      return joined.at(-1)?.id === joined[0]?.id
    }, [])
    await clock.advance("1 second")
    expect(await parent.result()).toBe(true)
  })

  it("is no longer waited for by a parent that is cancelled", async () => {
    const { supervisor, clock, parents, end } = await sharing()
    const receipt = parents[1]!.cancel()
    await clock.settle()
    expect(parents.map(({ snapshot }) => snapshot.status)).toEqual(["running", "cancelled"])
    // It did not ignore its abort: it was not let wait any longer.
    expect(await receipt).toBe("cancelled")
    end.open("for the first")
    await clock.settle()
    expect(await parents[0]!.result()).toBe("for the first")
    expect(await isSettled(supervisor, clock)).toBe(true)
  })
})

it("waits no longer for a task that it has joined, however it waits, once it is aborted", async () => {
  const { supervisor, clock } = setup()
  const shared = supervisor.addCoroutine(untilAborted, [], { key: "shared" })
  const joined = defineTask({ name: "joined", run: untilAborted })
  const seen: unknown[] = []
  const parent = supervisor.addCoroutine(async (ctx) => {
    const child = ctx.run(joined(), { key: "shared", onConflict: "join" })
    await Promise.all([
      child.outcome().then((outcome) => seen.push(outcome)),
      child.result({ timeout: "1 hour" }).catch((error: unknown) => seen.push((error as Error).name)),
    ])
    seen.push(await child.outcome())
    throw new Error("says how it went on")
  }, [])
  await clock.settle()
  expect(await Promise.all([parent.cancel(), clock.settle()])).toEqual(["cancelled", undefined])
  const over = { status: "cancelled", reason: { type: "parent", parent: parent.id } }
  expect(seen).toEqual([over, "TaskCancelledError", over])
  expect(shared.snapshot.status).toBe("running")
})

it("goes on waiting for a task that it has joined at a soft timeout, which cancels nothing", async () => {
  const { supervisor, clock } = setup()
  const shared = supervisor.addCoroutine(() => sleep(clock, 2000).then(() => "in time"), [], { key: "shared" })
  const joined = defineTask({ name: "joined", run: untilAborted })
  const parent = supervisor.addCoroutine(
    (ctx) => ctx.run(joined(), { key: "shared", onConflict: "join" }).result(),
    [],
    { timeout: { soft: "1 second", hard: "5 seconds" } },
  )
  await clock.advance("3 seconds")
  expect(await Promise.all([shared.result(), parent.result()])).toEqual(["in time", "in time"])
})

it("hears no more of a task that it has joined once it has ended", async () => {
  const { supervisor, clock } = setup()
  const heard: number[] = []
  const beats = defineTask({
    name: "beats",
    events: events<{ beat: number }>(),
    run: async (ctx) => {
      for (let beat = 0; !ctx.isCancelled(); beat++) {
        ctx.sendEvent("beat", beat)
        await sleep(clock, 1000)
      }
    },
  })
  supervisor.run(beats(), { key: "beats" })
  supervisor.addCoroutine(async (ctx) => {
    ctx.run(beats(), { key: "beats", onConflict: "join" }).on("beat", (beat) => void heard.push(beat))
    await sleep(clock, 2500)
  }, [])
  await clock.advance("10 seconds")
  expect(heard.at(-1)).toBe(2)
})

describe("the result of a child that nobody has come to wait for yet", () => {
  it.each<[string, (supervisor: Supervisor, ctx: TaskContext) => ChildHandle]>([
    ["which its parent's failure cancels", (_supervisor, ctx) => ctx.run(lasting())],
    ["which fails", (_supervisor, ctx) => ctx.run(failing())],
    [
      "which it has joined",
      (supervisor, ctx) => {
        supervisor.run(lasting(), { key: "shared" })
        return ctx.run(lasting(), { key: "shared", onConflict: "join" })
      },
    ],
  ])("harms nobody, and tells whoever waits later: one %s", async (_title, run) => {
    const unhandled: unknown[] = []
    const note = (error: unknown): void => void unhandled.push(error)
    process.on("unhandledRejection", note)
    onTestFinished(() => void process.off("unhandledRejection", note))
    const { supervisor, clock } = setup()
    let later: Promise<unknown> | undefined
    const parent = supervisor.addCoroutine(async (ctx) => {
      later = run(supervisor, ctx).result()
      await sleep(clock, 1000)
      if (!ctx.isCancelled()) await ctx.run(failing()).result()
    }, [])
    await clock.advance("500 ms")
    if (_title === "which it has joined") void parent.cancel()
    await clock.advance("2 seconds")
    expect(parent.snapshot.status).not.toBe("running")
    // Node tells of it after the microtasks of a turn.
    await new Promise(setImmediate)
    expect(unhandled).toEqual([])
    await expect(later).rejects.toThrow(/was cancelled|failed/)
  })
})

it("that is joined by its own parent tells that of its events, too", async () => {
  const { supervisor, clock } = setup()
  const says = defineTask({
    name: "says",
    events: events<{ word: string }>(),
    run: (ctx) => ctx.sendEventAndWait("word", "hello"),
  })
  const heard: string[] = []
  const parent = supervisor.addCoroutine((ctx) => {
    ctx.run(says(), { key: "says" })
    const whenEvent = (_task: TaskHandle, _name: string, word: string): void => void heard.push(word)
    return ctx.run(says(), { key: "says", onConflict: "join", whenEvent }).result()
  }, [])
  await clock.settle()
  expect(parent.snapshot.outcome).toEqual({ status: "completed", output: true })
  expect(heard).toEqual(["hello"])
})

it("tells no attempt that is over of the events of a task that it had joined", async () => {
  const { supervisor, clock } = setup()
  const beats = defineTask({
    name: "beats",
    events: events<{ beat: number }>(),
    run: async (ctx) => {
      for (let beat = 0; beat < 5; beat++) {
        await sleep(clock, 1000)
        ctx.sendEvent("beat", beat)
      }
    },
  })
  supervisor.run(beats(), { key: "beats" })
  const heard: string[] = []
  supervisor.addCoroutine(
    async (ctx) => {
      const { attempt } = ctx
      const whenEvent = (_task: TaskHandle, _name: string, beat: number): void => void heard.push(`${attempt}: ${beat}`)
      const whenDone = (): void => void heard.push(`${attempt}: done`)
      const child = ctx.run(beats(), { key: "beats", onConflict: "join", whenEvent, whenDone })
      await sleep(clock, 1500)
      if (attempt === 1) throw new Error("once more")
      await child.result()
    },
    [],
    { retry: { maxAttempts: 2, delay: 0 } },
  )
  await clock.advance("10 seconds")
  expect(heard).toEqual(["1: 0", "2: 1", "2: 2", "2: 3", "2: 4", "1: done", "2: done"])
})

describe("a parent that is cancelled", () => {
  it("cancels its children first, whatever their number", async () => {
    const { supervisor, clock } = setup()
    const order: string[] = []
    const slow = defineTask({
      name: "slow",
      run: async (ctx) => {
        await untilAborted(ctx).catch(() => sleep(clock, 100))
      },
    })
    const children: ChildHandle[] = []
    const parent = supervisor.addCoroutine(
      async (ctx) => {
        const whenDone = (): void => void order.push("child")
        children.push(ctx.run(slow(), { whenDone }), ctx.run(slow(), { whenDone }))
        await untilAborted(ctx)
      },
      [],
      { whenDone: () => order.push("parent") },
    )
    await clock.settle()
    const receipt = parent.cancel()
    await clock.advance("1 second")
    expect(await receipt).toBe("cancelled")
    expect(order).toEqual(["child", "child", "parent"])
    for (const { id } of children) {
      expect(supervisor.get(id).snapshot.outcome).toEqual({
        status: "cancelled",
        reason: { type: "parent", parent: parent.id },
      })
    }
  })

  it("reaches its grandchildren", async () => {
    const { supervisor, clock } = setup()
    const handles: ChildHandle[] = []
    const middle = defineTask({
      name: "middle",
      run: (ctx): Promise<unknown> => {
        const child = ctx.run(lasting())
        handles.push(child)
        return child.result()
      },
    })
    const parent = supervisor.addCoroutine((ctx) => {
      const child = ctx.run(middle())
      handles.push(child)
      return child.result()
    }, [])
    await clock.settle()
    expect(await parent.cancel()).toBe("cancelled")
    expect(handles.map(({ id }) => supervisor.get(id).snapshot.status)).toEqual(["cancelled", "cancelled"])
  })

  it("is not settled before a child that is slow to stop", async () => {
    const { supervisor, clock } = setup()
    let child: ChildHandle | undefined
    const stubborn = defineTask({ name: "stubborn", grace: "1 second", run: forEver })
    const parent = supervisor.addCoroutine(async (ctx) => {
      child = ctx.run(stubborn())
      await untilAborted(ctx)
    }, [])
    await clock.settle()
    void parent.cancel()
    await clock.advance("999 ms")
    expect(parent.snapshot.phase).toBe("cancelling")
    await clock.advance("1 second")
    expect([parent.snapshot.status, supervisor.get(child!.id).snapshot.status]).toEqual(["cancelled", "cancelled"])
    expect(supervisor.get(child!.id).snapshot.settledAt).toBeLessThanOrEqual(parent.snapshot.settledAt!)
  })
})

describe("a parent that ends by itself", () => {
  it("is completed only when its children have ended", async () => {
    const { supervisor, clock } = setup()
    const ends = gate()
    const other = defineTask({ name: "other", run: () => ends.opened })
    const parent = supervisor.addCoroutine((ctx) => {
      ctx.run(other())
      return "early"
    }, [])
    await clock.advance("1 minute")
    expect(parent.snapshot.status).toBe("running")
    ends.open()
    await clock.settle()
    expect(parent.snapshot.outcome).toEqual({ status: "completed", output: "early" })
  })

  it("holds no slot while it only waits for them", async () => {
    const { supervisor, clock } = setup({ concurrency: { coroutine: 1 } })
    const parent = supervisor.addCoroutine((ctx) => void ctx.run(double(1)), [])
    await clock.settle()
    expect(parent.snapshot.status).toBe("completed")
  })

  it.each([
    ["at once", async () => {}],
    ["after the child has begun", (clock: SimulatedClock) => sleep(clock, 10)],
  ])("takes its children with it when it throws %s", async (_title, before) => {
    const { supervisor, clock } = setup()
    let child: ChildHandle | undefined
    const parent = supervisor.addCoroutine(async (ctx) => {
      child = ctx.run(lasting())
      await before(clock)
      throw new Error("no")
    }, [])
    await clock.advance("1 minute")
    expect(parent.snapshot).toMatchObject({ status: "failed", outcome: { failure: { error: { message: "no" } } } })
    expect(supervisor.get(child!.id).snapshot.outcome).toEqual({
      status: "cancelled",
      reason: { type: "parent", parent: parent.id },
    })
    expect(await isSettled(supervisor, clock)).toBe(true)
  })

  it("takes its children with it when it throws before they could begin", async () => {
    const { supervisor, clock } = setup()
    const parent = supervisor.addCoroutine((ctx) => {
      ctx.run(lasting())
      throw new Error("no")
    }, [])
    await clock.settle()
    expect(parent.snapshot.status).toBe("failed")
    expect(await isSettled(supervisor, clock)).toBe(true)
  })

  it("takes its children with it when it asks for another attempt, which makes its own", async () => {
    const { supervisor, clock } = setup()
    const children: ChildHandle[] = []
    const parent = supervisor.addCoroutine(
      async (ctx) => {
        const child = ctx.run(ctx.attempt === 1 ? lasting() : double(4))
        children.push(child)
        await sleep(clock, 10)
        return ctx.attempt === 1 ? ctx.retry({ after: "1 second" }) : child.result()
      },
      [],
      { retry: { maxAttempts: 2 } },
    )
    await clock.advance("1 minute")
    expect(parent.snapshot.outcome).toEqual({ status: "completed", output: 8 })
    expect(supervisor.get(children[0]!.id).snapshot.status).toBe("cancelled")
  })

  it.each([
    ["a hard timeout", { timeout: { hard: "5 seconds" } }, "hard"],
    ["a deadline", { deadline: "5 seconds" }, "deadline"],
  ] as const)("is not kept beyond %s by a child that goes on", async (_title, settings, limit) => {
    const { supervisor, clock } = setup()
    const origin = clock.now()
    const parent = supervisor.addCoroutine((ctx) => void ctx.run(lasting()), [], settings)
    await clock.advance("1 minute")
    expect(parent.snapshot.outcome).toMatchObject({ status: "failed", failure: { type: "timeout", limit } })
    expect(parent.snapshot.settledAt).toBe(origin + 5000)
  })

  it("can cancel one child and go on", async () => {
    const { supervisor, clock } = setup()
    const parent = supervisor.addCoroutine(async (ctx) => {
      const child = ctx.run(lasting())
      await sleep(clock, 10)
      return child.cancel("not needed")
    }, [])
    await clock.advance("1 second")
    expect(parent.snapshot.outcome).toEqual({ status: "completed", output: "cancelled" })
  })

  it("starts no child once it has settled", async () => {
    const { supervisor, clock } = setup()
    let leaked: TaskContext | undefined
    let ran = false
    const parent: TaskHandle = supervisor.addCoroutine((ctx) => void (leaked = ctx), [])
    await clock.settle()
    expect(parent.snapshot.status).toBe("completed")
    const late = defineTask({ name: "late", run: () => void (ran = true) })
    const started = (): ChildHandle => leaked!.run(late())
    const outcome = await Promise.resolve()
      .then(started)
      .then(
        (child) => child.outcome(),
        (error: unknown) => error,
      )
    await clock.advance("1 second")
    expect(ran).toBe(false)
    expect(outcome instanceof Error || (outcome as { status: string }).status === "cancelled").toBe(true)
  })
})

describe("children of sub-contexts", () => {
  it("fill one slice after another, without a jump when the second begins", async () => {
    const { supervisor, clock } = setup()
    const second = gate()
    const lastOne = defineTask({ name: "last one", run: () => second.opened })
    const parent = supervisor.addCoroutine(async (ctx) => {
      await ctx.subContext({ range: 0.4 }).run(double(1)).result()
      await ctx.subContext({ base: 0.4, range: 0.6 }).run(lastOne()).result()
      await untilAborted(ctx)
    }, [])
    await clock.advance("1 second")
    expect(parent.snapshot.progress).toBeCloseTo(0.4, 9)
    second.open()
    await clock.advance("1 second")
    expect(parent.snapshot.progress).toBeCloseTo(1, 9)
  })

  it("fill two slices side by side", async () => {
    const { supervisor, clock } = setup()
    const ends = [gate(), gate()]
    const half = defineTask({ name: "half", run: (_ctx, n: number) => ends[n]!.opened })
    const parent = supervisor.addCoroutine(async (ctx) => {
      const low = ctx.subContext({ range: 0.5 }).run(half(0))
      const high = ctx.subContext({ base: 0.5, range: 0.5 }).run(half(1))
      await Promise.all([low.outcome(), high.outcome()])
      await untilAborted(ctx)
    }, [])
    await clock.advance("1 second")
    expect(parent.snapshot.progress).toBe(0)
    ends[1]!.open()
    await clock.advance("1 second")
    expect(parent.snapshot.progress).toBeCloseTo(0.5, 9)
    ends[0]!.open()
    await clock.advance("1 second")
    expect(parent.snapshot.progress).toBeCloseTo(1, 9)
  })
})

describe("a child under a key that its own ancestor holds", () => {
  it.each(["replace", "queue", "join"] as const)(
    "is refused with onConflict %s: it would wait for itself",
    async (onConflict) => {
      const { supervisor, clock } = setup()
      const parent = supervisor.addCoroutine((ctx) => ctx.run(double(1), { key: "k", onConflict }).result(), [], {
        key: "k",
      })
      await clock.settle()
      expect(parent.snapshot.outcome).toMatchObject({
        failure: { error: { name: "TaskFailedError", failure: { type: "setup", error: { name: "TypeError" } } } },
      })
    },
  )
})

describe("a parent's slot", () => {
  /** One slot, and tasks that say when they begin and end. */
  function oneSlot() {
    const { supervisor, clock } = setup({ concurrency: { coroutine: 1 } })
    const said: string[] = []
    const takes = defineTask({
      name: "takes",
      run: async (_ctx, name: string, ms: number) => {
        said.push(`${name} begins`)
        await sleep(clock, ms)
        said.push(`${name} ends`)
      },
    })
    return { supervisor, clock, said, takes }
  }

  it("is its own again when its child has ended, before anybody begins who has not", async () => {
    const { supervisor, clock, said, takes } = oneSlot()
    supervisor.addCoroutine(async (ctx) => {
      await ctx.run(takes("child", 10)).result()
      said.push("parent goes on")
      await sleep(clock, 10)
      said.push("parent ends")
    }, [])
    await clock.settle()
    supervisor.run(takes("other", 10))
    await clock.advance("1 second")
    expect(said).toEqual(["child begins", "child ends", "parent goes on", "parent ends", "other begins", "other ends"])
  })

  it("is its own again when it has waited in vain, before anybody begins who has not", async () => {
    const { supervisor, clock, said, takes } = oneSlot()
    supervisor.addCoroutine(async (ctx) => {
      const late = ctx.run(takes("child", 0), { delay: "1 hour" })
      await late.result({ timeout: 10 }).catch((error: Error) => said.push(error.name))
      await sleep(clock, 10)
      said.push("parent ends")
      void late.cancel()
    }, [])
    await clock.settle()
    supervisor.run(takes("one", 30))
    supervisor.run(takes("two", 30))
    await clock.advance("1 second")
    const parent = ["TaskTimeoutError", "parent ends"]
    expect(said).toEqual(["one begins", "one ends", ...parent, "two begins", "two ends"])
  })

  it("is its own at once when it has waited in vain for one who has it, and nobody begins meanwhile", async () => {
    const { supervisor, clock, said, takes } = oneSlot()
    const parent = supervisor.addCoroutine(async (ctx) => {
      const child = ctx.run(lasting())
      await child.result({ timeout: 10 }).catch((error: Error) => said.push(error.name))
      const receipt = await child.cancel()
      await sleep(clock, 10)
      said.push("parent ends")
      return receipt
    }, [])
    await clock.settle()
    supervisor.run(takes("other", 10))
    await clock.advance("1 second")
    expect(said).toEqual(["TaskTimeoutError", "parent ends", "other begins", "other ends"])
    expect(await parent.result()).toBe("cancelled")
  })

  it("is not taken twice by two waits that end while it is another's", async () => {
    const { supervisor, clock, said, takes } = oneSlot()
    supervisor.addCoroutine(async (ctx) => {
      const wait = async (after: number): Promise<void> => {
        await sleep(clock, after)
        await ctx
          .run(lasting(), { delay: "1 hour" })
          .result({ timeout: 5 })
          .catch(() => {})
      }
      await Promise.all([wait(0), wait(10)])
      said.push("parent goes on")
      await sleep(clock, 10)
      throw new Error("takes its children along")
    }, [])
    await clock.settle()
    const others = ["one", "two", "three"].map((name) => supervisor.run(takes(name, 30)))
    await clock.advance("1 second")
    expect(said).toEqual([
      "one begins",
      "one ends",
      "parent goes on",
      "two begins",
      "two ends",
      "three begins",
      "three ends",
    ])
    expect(others.map(({ snapshot }) => snapshot.status)).toEqual(others.map(() => "completed"))
    expect(slotsOf(supervisor)).toMatchObject({ running: 0, waiting: 0 })
  })

  it("is given up again for a wait that has begun while it came back", async () => {
    const { supervisor, clock, said, takes } = oneSlot()
    const parent = supervisor.addCoroutine(async (ctx) => {
      const first = async (): Promise<void> => {
        await ctx
          .run(lasting(), { delay: "1 hour" })
          .result({ timeout: 5 })
          .catch(() => {})
      }
      const second = async (): Promise<unknown> => {
        await sleep(clock, 10)
        return ctx.run(takes("child", 10)).result()
      }
      await Promise.all([first(), second()])
      throw new Error("takes its children along")
    }, [])
    await clock.settle()
    supervisor.run(takes("one", 30))
    await clock.advance("1 second")
    expect(said).toEqual(["one begins", "one ends", "child begins", "child ends"])
    expect(parent.snapshot.status).toBe("failed")
    expect(slotsOf(supervisor)).toMatchObject({ running: 0, waiting: 0 })
  })

  it.each([
    ["is cancelled", async () => forEver()],
    ["ends", async (clock: SimulatedClock) => sleep(clock, 10)],
  ])("is free when it %s while it waits", async (_title, work) => {
    const { supervisor, clock, said, takes } = oneSlot()
    const parent = supervisor.addCoroutine(async (ctx) => {
      const child = ctx.run(lasting())
      void child.result({ timeout: 20 }).catch((error: Error) => said.push(error.name))
      await Promise.race([work(clock), untilAborted(ctx)])
      throw new Error("takes its children along")
    }, [])
    await clock.advance(15)
    void parent.cancel()
    supervisor.run(takes("other", 10))
    await clock.advance("1 second")
    expect(said.filter((what) => what.startsWith("other"))).toEqual(["other begins", "other ends"])
    expect(slotsOf(supervisor)).toMatchObject({ running: 0, waiting: 0 })
  })
})

function slotsOf(supervisor: Supervisor): unknown {
  return (supervisor.inspect.stats()["slots"] as Record<string, unknown>)["coroutine"]
}
