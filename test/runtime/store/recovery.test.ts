/** What a supervisor does with what another one has left. */
import { coroutineExecutor, defineTask, type Executor, TaskNotFoundError, type TaskContext } from "tasktor"
import { describe, expect, it } from "vitest"
import { forget } from "../../support/forget.ts"
import { programs } from "../../support/programs.ts"
import { sleep, untilAborted } from "../../support/wait.ts"

const bodies: string[] = []
const note = (ctx: TaskContext<never>, what: string): void => void bodies.push(`${what} ${ctx.attempt}`)
const quick = defineTask({
  name: "quick",
  run: (ctx, what: string) => {
    note(ctx, what)
    return what.toUpperCase()
  },
})
const endless = defineTask({
  name: "endless",
  run: (ctx, what: string) => {
    note(ctx, what)
    ctx.setProgress(0.5)
    return untilAborted(ctx)
  },
})
/** Ends at its second attempt. */
const stubborn = defineTask({
  name: "stubborn",
  retry: { maxAttempts: 2, delay: "1 minute", jitter: "none" },
  run: (ctx, what: string) => {
    note(ctx, what)
    if (ctx.attempt === 1) throw new RangeError("not yet")
    return what
  },
})
const second = defineTask({
  name: "second",
  run: (ctx, what: string): Promise<string> | string => {
    note(ctx, what)
    return ctx.attempt === 1 ? untilAborted(ctx) : what
  },
})

function fresh(): ReturnType<typeof programs> {
  bodies.length = 0
  return programs()
}

describe("the next program", () => {
  it("runs what was queued, in its order and under its id, exactly once", async () => {
    const { start, kill, clock } = fresh()
    const first = start({ concurrency: { coroutine: 1 } })
    first.run(endless("blocks"))
    await clock.settle()
    const ids = ["a", "b"].map((what) => first.run(quick(what)).id)
    const urgent = first.run(quick("urgent"), { priority: 1 }).id
    await clock.settle()
    expect(bodies).toEqual(["blocks 1"])
    kill()
    const next = start({ concurrency: { coroutine: 1 } })
    void next.cancel({ name: "endless" })
    await clock.settle()
    expect(bodies).toEqual(["blocks 1", "urgent 1", "a 1", "b 1"])
    expect(await Promise.all([urgent, ...ids].map((id) => next.get(id).result()))).toEqual(["URGENT", "A", "B"])
  })

  it("goes on with what was submitted, or said something, in the turn in which its program was shut down", async () => {
    const { start, clock } = fresh()
    const first = start()
    const running = first.run(second("work"))
    await clock.settle()
    const { id } = first.run(quick("late"))
    void first.shutdown({ grace: 0 })
    await clock.settle()
    const next = start()
    await clock.settle()
    expect(await Promise.all([running.id, id].map((one) => next.get(one).result()))).toEqual(["work", "LATE"])
  })

  it("goes on with what ran as the next attempt", async () => {
    const { start, kill, clock } = fresh()
    const { id } = start().run(second("work"), { tags: ["nightly"] })
    await clock.settle()
    kill()
    const next = start()
    expect(next.get(id).snapshot).toMatchObject({ phase: "queued", attempt: 1, failures: [{ type: "lost" }] })
    await clock.settle()
    expect(bodies).toEqual(["work 1", "work 2"])
    expect(next.get(id).snapshot).toMatchObject({ status: "completed", attempt: 2, tags: ["nightly"], name: "second" })
  })

  it("makes no more attempts than the task has, each of which its end has cost one", async () => {
    const { start, kill, clock } = fresh()
    const { id } = start().run(endless("deadly"))
    for (let program = 0; program < 3; program++) {
      await clock.settle()
      kill()
      start()
    }
    const { outcome } = start().get(id).snapshot
    expect(bodies).toEqual(["deadly 1", "deadly 2", "deadly 3"])
    expect(outcome).toEqual({
      status: "failed",
      failure: { type: "lost" },
      attempts: [{ type: "lost" }, { type: "lost" }, { type: "lost" }],
    })
  })

  it("waits on for an instant and for a retry, for as long as was left", async () => {
    const { start, kill, clock } = fresh()
    const first = start()
    const delayed = first.run(quick("late"), { delay: "1 hour" }).id
    const failing = first.run(stubborn("again")).id
    await clock.advance("30 seconds")
    kill()
    await clock.advance("10 seconds")
    const next = start()
    expect(next.get(failing).snapshot).toMatchObject({
      phase: "backoff",
      failures: [{ error: new RangeError("not yet") }],
    })
    await clock.advance("19 seconds")
    expect(bodies).toEqual(["again 1"])
    await clock.advance("1 second")
    expect(bodies).toEqual(["again 1", "again 2"])
    expect(next.get(delayed).snapshot.phase).toBe("delayed")
    await clock.advance("1 hour")
    expect(bodies).toEqual(["again 1", "again 2", "late 1"])
    expect(await next.get(failing).result()).toBe("again")
  })

  it("runs at once what became due in between, and expires or fails what is too late", async () => {
    const { start, kill, clock } = fresh()
    const first = start({ concurrency: { coroutine: 1 } })
    first.run(endless("blocks"), { retry: { maxAttempts: 1 } })
    const due = first.run(quick("due"), { delay: "1 minute" }).id
    const expired = first.run(quick("expired"), { expires: "1 minute" }).id
    const late = first.run(quick("late"), { deadline: "1 minute" }).id
    await clock.settle()
    kill()
    await clock.advance("1 hour")
    const next = start({ concurrency: { coroutine: 1 } })
    await clock.settle()
    expect(bodies).toEqual(["blocks 1", "due 1"])
    expect(next.get(due).snapshot.status).toBe("completed")
    expect(next.get(expired).snapshot.outcome).toEqual({ status: "cancelled", reason: { type: "expired" } })
    expect(next.get(late).snapshot.outcome).toMatchObject({ failure: { type: "timeout", limit: "deadline" } })
  })

  it("knows the outcomes of what has settled, and no id that nobody gave", async () => {
    const { start, kill, clock } = fresh()
    const first = start()
    const completed = first.run(quick("done"), { key: ["report", 7] }).id
    const failed = first.run(stubborn("fails"), { retry: { maxAttempts: 1 } }).id
    const cancelled = first.run(quick("never"), { delay: "1 hour" })
    void cancelled.cancel("no longer needed")
    await clock.settle()
    kill()
    const next = start()
    const handle = next.get(completed)
    expect(await handle.result()).toBe("DONE")
    expect(handle).toMatchObject({ key: ["report", 7], snapshot: { progress: 1, attempt: 1 } })
    expect(await handle.cancel()).toBe("already-completed")
    const outcome = await next.get(failed).outcome()
    expect(outcome).toMatchObject({ status: "failed", failure: { type: "error", error: { message: "not yet" } } })
    expect(outcome.status === "failed" && outcome.failure.type === "error" && outcome.failure.error).toBeInstanceOf(
      RangeError,
    )
    expect(next.get(cancelled.id).snapshot.outcome).toEqual({
      status: "cancelled",
      reason: { type: "requested", message: "no longer needed" },
    })
    expect(() => next.get("t000000-1")).toThrow(TaskNotFoundError)
    expect(next.getSnapshot().counts).toEqual({ pending: 0, running: 0, completed: 0, failed: 0, cancelled: 0 })
  })

  it("does not run again what was being cancelled", async () => {
    const { start, kill, clock } = fresh()
    const first = start()
    const deaf = defineTask({ name: "deaf", run: () => sleep(clock, 60_000) })
    const task = first.run(deaf())
    await clock.settle()
    void task.cancel("stop it")
    await clock.settle()
    expect(task.snapshot.phase).toBe("cancelling")
    kill()
    const next = start()
    await clock.settle()
    expect(next.get(task.id).snapshot.outcome).toMatchObject({ reason: { message: "stop it" } })
    expect(next.inspect.active()).toEqual([])
  })

  it("keeps the order of those that wait for one key, and lets the key be joined", async () => {
    const { start, kill, clock } = fresh()
    const first = start()
    const options = { key: "printer", onConflict: "queue" } as const
    const ids = ["one", "two", "three"].map((what) => first.run(second(what), options).id)
    await clock.settle()
    expect(bodies).toEqual(["one 1"])
    kill()
    const next = start()
    expect(next.find("printer")?.id).toBe(ids[0])
    await clock.settle()
    expect(bodies).toEqual(["one 1", "one 2", "two 1"])
    expect(next.find("printer")?.id).toBe(ids[1])
    expect(next.run(quick("joins"), { key: "printer", onConflict: "join" }).id).toBe(ids[1])
  })

  it("ends the children of a body that is gone: the next attempt makes its own", async () => {
    const { start, kill, clock } = fresh()
    const parent = defineTask({
      name: "parent",
      run: async (ctx) => {
        note(ctx, "parent")
        return ctx.attempt === 1 ? ctx.run(endless("child")).result() : ctx.run(quick("child")).result()
      },
    })
    const first = start()
    const { id } = first.run(parent())
    await clock.settle()
    const child = first.inspect.active().find(({ name }) => name === "endless")
    kill()
    const next = start()
    await clock.settle()
    expect(bodies).toEqual(["parent 1", "child 1", "parent 2", "child 1"])
    expect(await next.get(id).result()).toBe("CHILD")
    expect(next.get(child?.id ?? "").snapshot.outcome).toEqual({
      status: "cancelled",
      reason: { type: "parent", parent: id },
    })
  })

  it("fails as lost what it cannot run again", async () => {
    const { start, kill, clock } = fresh()
    const first = start({ concurrency: { coroutine: 1 } })
    const running = first.addCoroutine(untilAborted, [])
    const waiting = first.addCoroutine(untilAborted, [])
    await clock.settle()
    kill()
    const next = start()
    for (const { id } of [running, waiting]) {
      expect(next.get(id).snapshot.outcome).toMatchObject({ status: "failed", failure: { type: "lost" } })
    }
  })

  it("counts what it found as alive, with the progress that it had", async () => {
    const { start, kill, clock } = fresh()
    const first = start()
    first.run(endless("half"))
    first.run(quick("late"), { delay: "1 day" })
    await clock.advance("2 seconds")
    expect(first.getSnapshot().progress).toBe(0.25)
    kill()
    const next = start()
    expect(next.getSnapshot()).toMatchObject({ counts: { pending: 2, running: 0 }, progress: 0.25 })
    expect(next.getSnapshot().tasks.map(({ name }) => name)).toEqual(["endless", "quick"])
  })
})

function coroutineNamed(name: string): Executor {
  return { ...coroutineExecutor(), name }
}

describe('delivery "at-most-once"', () => {
  const once = endless.with({ delivery: "at-most-once" })

  it("fails as lost what may have begun, and runs what has not", async () => {
    const { start, kill, clock } = fresh()
    const first = start({ concurrency: { coroutine: 1 } })
    const ran = first.run(once("a")).id
    const waited = first.run(quick("b").with({ delivery: "at-most-once" })).id
    await clock.settle()
    kill()
    const next = start({ concurrency: { coroutine: 1 } })
    await clock.settle()
    expect(bodies).toEqual(["a 1", "b 1"])
    expect(next.get(ran).snapshot.outcome).toMatchObject({ status: "failed", failure: { type: "lost" } })
    expect(await next.get(waited).result()).toBe("B")
  })

  it("is about one attempt: the next one, which its body's failure has led to, has not begun", async () => {
    const { start, kill, clock } = fresh()
    const first = start({ concurrency: { coroutine: 1 } })
    const { id } = first.run(stubborn("again").with({ delivery: "at-most-once" }))
    await clock.settle()
    first.run(endless("blocks"), { retry: { maxAttempts: 1 } })
    await clock.advance("1 minute")
    expect(first.get(id).snapshot).toMatchObject({ phase: "queued", attempt: 1 })
    kill()
    const next = start()
    await clock.settle()
    expect(await next.get(id).result()).toBe("again")
  })

  it("has written that it is handed over before its body begins", async () => {
    const { start, kill, clock, store } = fresh()
    const seen: unknown[] = []
    const look = defineTask({
      name: "look",
      delivery: "at-most-once",
      run: (ctx) => {
        seen.push(store.batches.flatMap(({ records }) => records).find(({ id }) => id === ctx.id)?.isHandedOver)
        kill()
      },
    })
    const { id } = start().run(look())
    await clock.settle()
    expect(seen).toEqual([true])
    const next = start()
    await clock.settle()
    expect(seen).toEqual([true])
    expect(next.get(id).snapshot.outcome).toMatchObject({ status: "failed", failure: { type: "lost" } })
  })
})

describe("a definition that is not here", () => {
  it("is waited for: its tasks wait, can be cancelled, and run when it has been made", async () => {
    const { start, kill, clock, warnings } = fresh()
    const first = start({ concurrency: { coroutine: 1 } })
    first.run(endless("blocks"), { retry: { maxAttempts: 1 } })
    const made = defineTask({ name: "made later", run: (ctx, what: string) => note(ctx, `old ${what}`) })
    const runs = first.run(made("a")).id
    const dropped = first.run(made("b")).id
    await clock.settle()
    kill()
    forget("made later")
    const next = start()
    await clock.settle()
    expect(warnings.map(({ message }) => message)).toContainEqual(
      `tasktor: Task ${runs} of the store waits for a definition that this program does not have: "made later"; import its module`,
    )
    expect(next.get(runs).snapshot.phase).toBe("queued")
    expect(next.inspect.stats()["store"]).toMatchObject({ held: 2 })
    expect(await next.cancel(dropped)).toEqual(["cancelled"])
    defineTask({ name: "made later", run: (ctx, what: string) => note(ctx, `new ${what}`) })
    await clock.settle()
    expect(bodies).toEqual(["blocks 1", "new a 1"])
    expect(next.get(runs).snapshot.status).toBe("completed")
  })

  it("that cannot be imported harms nobody when others are made", async () => {
    const { start, kill, clock, warnings } = fresh()
    const module = new URL("../../fixtures/no-such-module.ts", import.meta.url)
    const gone = defineTask({ name: "gone", module, run: () => 1 })
    const first = start({ concurrency: { coroutine: 1 } })
    first.run(endless("blocks"), { retry: { maxAttempts: 1 } })
    const { id } = first.run(gone())
    await clock.settle()
    kill()
    forget("gone")
    const next = start()
    expect(await next.settled({ timeout: 0 })).toBe(false)
    while (warnings.length === 0) await clock.settle()
    defineTask({ name: "another one", run: () => 2 })
    await clock.settle()
    expect(next.get(id).snapshot.phase).toBe("queued")
    expect(await next.cancel(id)).toEqual(["cancelled"])
    defineTask({ name: "yet another one", run: () => 3 })
    expect(next.inspect.stats()["store"]).toMatchObject({ held: 0 })
  })

  it("fails as setup what is to run where this program has nothing", async () => {
    const { start, kill, clock } = fresh()
    const first = start({ executors: [coroutineNamed("gpu")], concurrency: { coroutine: 1 } })
    const { id } = first.run(quick("render"), { executor: "gpu", delay: "1 hour" })
    await clock.settle()
    kill()
    const next = start()
    await clock.settle()
    expect(next.get(id).snapshot.outcome).toMatchObject({ status: "failed", failure: { type: "setup" } })
  })

  it("is imported where its module is known, and settled() waits for that", async () => {
    const { start, kill, clock } = fresh()
    const module = new URL("../../fixtures/kept-task.ts", import.meta.url)
    const double = defineTask({ name: "double", module, run: (_ctx, n: number) => n * 2 })
    const first = start({ concurrency: { coroutine: 1 } })
    first.run(endless("blocks"), { retry: { maxAttempts: 1 } })
    const { id } = first.run(double(21))
    await clock.settle()
    kill()
    forget("double")
    const next = start()
    expect(await next.settled()).toBe(true)
    expect(await next.get(id).result()).toBe(42)
  })
})
