import { describe, expect, it } from "vitest"
import { setup } from "../support/setup.ts"
import { forEver, gate, sleep, untilAborted } from "../support/wait.ts"

describe("cancel", () => {
  it("of a running task: asks, waits until it has really ended, and says so", async () => {
    const { supervisor, clock } = setup()
    const ends = gate()
    const task = supervisor.addCoroutine(() => ends.opened, [])
    await clock.settle()
    let receipt: string | undefined
    void task.cancel("enough").then((given) => (receipt = given))
    await clock.settle()
    expect(task.snapshot).toMatchObject({ status: "running", phase: "cancelling", cancelRequested: true })
    expect(receipt).toBeUndefined()
    ends.open()
    await clock.settle()
    expect(receipt).toBe("cancelled")
    expect(task.snapshot.outcome).toEqual({ status: "cancelled", reason: { type: "requested", message: "enough" } })
  })

  it("of a task that has not begun: it never does", async () => {
    const { supervisor, clock } = setup()
    let ran: boolean = false
    const task = supervisor.addCoroutine(() => void (ran = true), [])
    const receipt = task.cancel()
    await clock.settle()
    expect(await receipt).toBe("cancelled")
    expect(task.snapshot).toMatchObject({ status: "cancelled", attempt: 0, progress: 0 })
    expect(task.snapshot.outcome).toEqual({ status: "cancelled", reason: { type: "requested" } })
    expect(ran).toBe(false)
  })

  it.each([
    ["completed", (): number => 1, "already-completed"],
    ["failed", () => Promise.reject(new Error("no")), "already-failed"],
  ] as const)("of a task that has %s: changes nothing", async (status, body, expected) => {
    const { supervisor, clock } = setup()
    const task = supervisor.addCoroutine(body, [])
    await clock.settle()
    const last = task.snapshot
    expect(await task.cancel()).toBe(expected)
    expect(task.snapshot).toBe(last)
    expect(last.status).toBe(status)
    expect(last.cancelRequested).toBe(false)
  })

  it("of a cancelled task: changes nothing, the first reason stays", async () => {
    const { supervisor, clock } = setup()
    const task = supervisor.addCoroutine(untilAborted, [])
    await clock.settle()
    await task.cancel("first")
    expect(await task.cancel("second")).toBe("already-cancelled")
    expect(task.snapshot.outcome).toEqual({ status: "cancelled", reason: { type: "requested", message: "first" } })
  })

  it("asked twice while it is under way gives each caller one receipt, and the first reason wins", async () => {
    const { supervisor, clock } = setup()
    const ends = gate()
    const task = supervisor.addCoroutine(() => ends.opened, [])
    await clock.settle()
    const receipts: string[] = []
    void task.cancel("first").then((given) => receipts.push(given))
    void task.cancel("second").then((given) => receipts.push(given))
    ends.open()
    await clock.settle()
    expect(receipts).toEqual(["cancelled", "cancelled"])
    expect(task.snapshot.outcome).toEqual({ status: "cancelled", reason: { type: "requested", message: "first" } })
  })

  it("of a body that swallows the abort and returns: cancelled, and not before it returned", async () => {
    const { supervisor, clock } = setup()
    const started = clock.now()
    const task = supervisor.addCoroutine(
      async (ctx) => {
        await untilAborted(ctx).catch(() => {})
        await sleep(clock, 1000)
        return "too late"
      },
      [],
      { grace: "2 seconds" },
    )
    await clock.settle()
    const receipt = task.cancel()
    await clock.advance("999 ms")
    expect(task.snapshot.phase).toBe("cancelling")
    await clock.advance("1 minute")
    expect(await receipt).toBe("cancelled")
    expect(task.snapshot).toMatchObject({ status: "cancelled", settledAt: started + 1000 })
  })

  it("of a body that fails while it stops: cancelled all the same", async () => {
    const { supervisor, clock } = setup()
    const task = supervisor.addCoroutine(async (ctx) => {
      await untilAborted(ctx).catch(() => {})
      throw new Error("while stopping")
    }, [])
    await clock.settle()
    expect(await task.cancel()).toBe("cancelled")
    expect(task.snapshot.status).toBe("cancelled")
  })

  it("of a body that hears nothing: cut off after the grace period, its slot is free, and it is told once", async () => {
    const { supervisor, clock, warnings } = setup({ concurrency: { coroutine: 1 } })
    const started = clock.now()
    const late = gate()
    const events: unknown[] = []
    const task = supervisor.addCoroutine(
      async (ctx) => {
        await late.opened
        ctx.setMessage("still here")
        ctx.setProgress(0.9)
        ctx.sendEvent("late" as never, 1)
        ctx.log.info("late")
        ctx.run({ taskName: "nothing", args: [], settings: {} } as never)
      },
      [],
      { grace: "3 seconds", whenEvent: (_task, name) => events.push(name) },
    )
    const next = supervisor.addCoroutine(() => "next", [])
    await clock.settle()
    const receipt = task.cancel()
    await clock.advance("2999 ms")
    expect([task.snapshot.phase, next.snapshot.status]).toEqual(["cancelling", "pending"])
    await clock.advance("1 ms")
    expect(await receipt).toBe("abandoned")
    expect(task.snapshot).toMatchObject({ status: "cancelled", settledAt: started + 3000 })
    expect(next.snapshot.status).toBe("completed")
    expect(warnings).toHaveLength(1)
    expect(warnings[0]?.message).toContain(task.id)
    const last = task.snapshot
    late.open()
    await clock.advance("1 minute")
    expect(task.snapshot).toBe(last)
    expect(events).toEqual([])
    expect(warnings).toHaveLength(1)
  })

  it("has a grace period of two seconds when nothing is said", async () => {
    const { supervisor, clock } = setup()
    const started = clock.now()
    const task = supervisor.addCoroutine(forEver, [])
    await clock.settle()
    void task.cancel()
    await clock.advance("1 minute")
    expect(task.snapshot.settledAt).toBe(started + 2000)
  })

  it("aborts the signal, and isCancelled is true from then on", async () => {
    const { supervisor, clock } = setup()
    const seen: unknown[] = []
    const task = supervisor.addCoroutine(async (ctx) => {
      seen.push(ctx.isCancelled(), ctx.signal.aborted)
      ctx.throwIfCancelled()
      await untilAborted(ctx).catch(() => {})
      seen.push(ctx.isCancelled(), ctx.isCancelled(), ctx.signal.aborted)
      try {
        ctx.throwIfCancelled()
      } catch (error) {
        seen.push(error === ctx.signal.reason, (error as Error).name)
      }
    }, [])
    await clock.settle()
    await task.cancel()
    expect(seen).toEqual([false, false, true, true, true, true, "AbortError"])
  })

  it("is seen through a context that a sub-context made", async () => {
    const { supervisor, clock } = setup()
    let seen: unknown
    const task = supervisor.addCoroutine(async (ctx) => {
      const sub = ctx.subContext({ range: 0.5 }).subContext({ range: 0.5 })
      await untilAborted(sub).catch(() => {})
      seen = [sub.isCancelled(), sub.id === ctx.id, sub.attempt]
    }, [])
    await clock.settle()
    await task.cancel()
    expect(seen).toEqual([true, true, 1])
  })
})

describe("onCancel", () => {
  it("runs when the task is cancelled, the last first, each awaited, before the task ends", async () => {
    const { supervisor, clock } = setup()
    const order: string[] = []
    const task = supervisor.addCoroutine(
      async (ctx) => {
        ctx.onCancel(() => void order.push("first registered"))
        ctx.onCancel(async () => {
          order.push("last registered")
          await sleep(clock, 100)
          ctx.setMessage("cleaned up")
          order.push("last registered, done")
        })
        await untilAborted(ctx)
      },
      [],
      { whenDone: () => order.push("whenDone") },
    )
    await clock.settle()
    void task.cancel()
    await clock.advance("1 second")
    expect(order).toEqual(["last registered", "last registered, done", "first registered", "whenDone"])
    expect(task.snapshot).toMatchObject({ status: "cancelled", message: "cleaned up" })
  })

  it("runs at once when it is registered after the abort", async () => {
    const { supervisor, clock } = setup()
    let ran = false
    const task = supervisor.addCoroutine(async (ctx) => {
      await untilAborted(ctx).catch(() => {})
      ctx.onCancel(() => void (ran = true))
    }, [])
    await clock.settle()
    await task.cancel()
    expect(ran).toBe(true)
  })

  it("does not run when the task ends by itself", async () => {
    const { supervisor, clock } = setup()
    let ran = false
    const task = supervisor.addCoroutine((ctx) => ctx.onCancel(() => void (ran = true)), [])
    await clock.settle()
    await task.cancel()
    expect(task.snapshot.status).toBe("completed")
    expect(ran).toBe(false)
  })

  it("that throws keeps neither the others nor the end away, and is logged", async () => {
    const { supervisor, clock } = setup()
    const order: string[] = []
    const logged: unknown[] = []
    supervisor.onFact((fact) => fact.type === "log" && logged.push(fact))
    const task = supervisor.addCoroutine(async (ctx) => {
      ctx.onCancel(() => void order.push("other"))
      ctx.onCancel(() => {
        throw new Error("in the clean-up")
      })
      await untilAborted(ctx)
    }, [])
    await clock.settle()
    expect(await task.cancel()).toBe("cancelled")
    expect(order).toEqual(["other"])
    expect(logged).toHaveLength(1)
  })

  it("runs for a soft timeout too", async () => {
    const { supervisor, clock } = setup()
    let ran = 0
    supervisor.addCoroutine(
      async (ctx) => {
        ctx.onCancel(() => void ran++)
        await untilAborted(ctx)
      },
      [],
      { timeout: { soft: "1 second" } },
    )
    await clock.advance("1 minute")
    expect(ran).toBe(1)
  })

  it("that never ends is cut off with the grace period", async () => {
    const { supervisor, clock } = setup()
    const started = clock.now()
    const task = supervisor.addCoroutine(
      async (ctx) => {
        ctx.onCancel(forEver)
        await untilAborted(ctx)
      },
      [],
      { grace: "1 second" },
    )
    await clock.settle()
    const receipt = task.cancel()
    await clock.advance("1 minute")
    expect(await receipt).toBe("abandoned")
    expect(task.snapshot.settledAt).toBe(started + 1000)
  })
})

describe("by selector", () => {
  /** Four living tasks, one that waits, and one that has settled. */
  async function several() {
    const { supervisor, clock } = setup({ queues: { shut: { concurrency: 1 } } })
    const red = supervisor.addCoroutine(untilAborted, [], { tags: ["red", "warm"] })
    const orange = supervisor.addCoroutine(untilAborted, [], { tags: ["orange", "warm"] })
    const blue = supervisor.addCoroutine(untilAborted, [], { tags: ["blue"], key: ["colour", 3] })
    const hidden = supervisor.addCoroutine(untilAborted, [], { tags: ["red"], visible: false, queue: "shut" })
    const waiting = supervisor.addCoroutine(untilAborted, [], { tags: ["red"], queue: "shut" })
    const over = supervisor.addCoroutine(() => 1, [], { tags: ["red"] })
    await clock.settle()
    const all = { red, orange, blue, hidden, waiting, over }
    const cancelled = (): string[] =>
      Object.entries(all).flatMap(([name, task]) => (task.snapshot.status === "cancelled" ? [name] : []))
    return { supervisor, clock, ...all, cancelled }
  }

  it.each([
    ["a tag", { tag: "warm" }, ["red", "orange"]],
    ["a tag, hidden and waiting tasks included", { tag: "red" }, ["red", "hidden", "waiting"]],
    ["a key", { key: ["colour", 3] }, ["blue"]],
    ["a status", { status: "pending" }, ["waiting"]],
    ["every given field at once", { tag: "red", status: "running" }, ["red", "hidden"]],
    ["a tag that no one has", { tag: "green" }, []],
    ["a name that no one has", { name: "nobody" }, []],
  ] as const)("%s", async (_title, selector, expected) => {
    const { supervisor, cancelled } = await several()
    const receipts = await supervisor.cancel(selector)
    expect(cancelled()).toEqual(expected)
    expect(receipts).toEqual(expected.map(() => "cancelled"))
  })

  it("an id, whatever has become of the task", async () => {
    const { supervisor, red, over, cancelled } = await several()
    expect(await supervisor.cancel(red.id, "by id")).toEqual(["cancelled"])
    expect(red.snapshot.outcome).toMatchObject({ reason: { type: "requested", message: "by id" } })
    expect(await supervisor.cancel(red.id)).toEqual(["already-cancelled"])
    expect(await supervisor.cancel(over.id)).toEqual(["already-completed"])
    expect(await supervisor.cancel("nobody")).toEqual(["unknown"])
    expect(cancelled()).toEqual(["red"])
  })

  it("a definition's name", async () => {
    const { defineTask } = await import("tasktor")
    const { supervisor, clock } = setup()
    const paint = defineTask({ name: "paint", run: (ctx) => untilAborted(ctx) })
    const dry = defineTask({ name: "dry", run: (ctx) => untilAborted(ctx) })
    const tasks = [supervisor.run(paint()), supervisor.run(paint()), supervisor.run(dry())]
    await clock.settle()
    expect(await supervisor.cancel({ name: "paint" })).toEqual(["cancelled", "cancelled"])
    expect(tasks.map(({ snapshot }) => snapshot.status)).toEqual(["cancelled", "cancelled", "running"])
  })

  it("cancelTask, by key", async () => {
    const { supervisor, blue } = await several()
    expect(await supervisor.cancelTask(["colour", 4])).toBe("unknown")
    expect(await supervisor.cancelTask(["colour", 3], "by key")).toBe("cancelled")
    expect(blue.snapshot.outcome).toEqual({ status: "cancelled", reason: { type: "requested", message: "by key" } })
  })
})
