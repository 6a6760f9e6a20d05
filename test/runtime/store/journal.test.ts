/** What is written, when, and what happens where it cannot be. */
import { cron, defineTask, events, map, memoryStore, StoreError, type Store, type StoreSession } from "tasktor"
import { describe, expect, it } from "vitest"
import { programs } from "../../support/programs.ts"
import { gate, isSettled, sleep, untilAborted } from "../../support/wait.ts"

const quick = defineTask({ name: "quick", run: (_ctx, n: number) => n })
const full = new StoreError("full", "Cannot write to the store memory: its disk is full; make room")

describe("what happens in one turn", () => {
  it("is one batch, with one record for each task", async () => {
    const { start, clock, store } = programs()
    const supervisor = start()
    await clock.settle()
    const before = store.batches.length
    for (let n = 0; n < 100; n++) supervisor.run(quick(n))
    await clock.settle()
    const batches = store.batches.slice(before)
    expect(batches.length).toBeLessThanOrEqual(2)
    expect(batches.flatMap(({ entries }) => entries)).toHaveLength(300)
    expect(batches[0]?.records).toHaveLength(100)
  })

  it("is written before anybody is told of an outcome", async () => {
    const { start, clock, store } = programs()
    const order: string[] = []
    const task = start().run(quick(1), { whenDone: () => order.push("whenDone") })
    const isWritten = (): boolean =>
      store.batches.some(({ entries }) => entries.some(({ what }) => what.type === "complete"))
    void task.result().then(() => order.push(`result, written: ${isWritten()}`))
    task.subscribe(({ status }) => status === "completed" && order.push(`snapshot, written: ${isWritten()}`))
    await clock.settle()
    expect(order).toEqual(["snapshot, written: false", "whenDone", "result, written: true"])
  })

  it("is written when persisted() resolves", async () => {
    const { start, clock, store } = programs()
    const task = start().run(quick(1), { delay: "1 hour" })
    let isPersisted = false
    void task.persisted().then(() => (isPersisted = true))
    await Promise.resolve()
    expect(isPersisted).toBe(false)
    await clock.settle()
    expect(isPersisted).toBe(true)
    expect(store.batches.flatMap(({ records }) => records)).toContainEqual(expect.objectContaining({ id: task.id }))
  })
})

describe("persisted()", () => {
  it("is about what has happened until it was asked, whatever the write itself brings about", async () => {
    const { start, clock } = programs()
    const supervisor = start()
    const told: string[] = []
    const other = supervisor.run(quick(2), { delay: "1 hour" })
    // Told of when both are written; what it does then happens to the other one.
    supervisor.run(quick(1), { whenDone: () => void other.cancel() })
    const pipeline = supervisor.run(map(quick, [1, 2, 3]))
    pipeline.subscribe(
      ({ status }) => status === "running" && void pipeline.persisted().then(() => told.push("pipeline")),
    )
    other.subscribe(({ phase }) => told.push(phase))
    void other.persisted().then(() => told.push("other"))
    await clock.settle()
    expect(told).toEqual(expect.arrayContaining(["pipeline", "other", "settled"]))
    await pipeline.persisted()
  })

  it("waits for a store that is shut down while its disk is full, and may have room again", async () => {
    const { start, clock, store } = programs()
    const supervisor = start()
    const running = supervisor.addCoroutine(() => sleep(clock, 2000), [])
    await clock.settle()
    const late = supervisor.run(quick(1), { delay: "1 hour" })
    store.refuse(full)
    const kept = late.persisted()
    await clock.settle()
    const stopped = supervisor.shutdown({ grace: "10 seconds" })
    await clock.advance("1 second")
    store.refuse()
    await clock.advance("10 seconds")
    await Promise.all([stopped, kept])
    expect(start().get(late.id).snapshot.status).toBe("pending")
    expect(running.snapshot.status).toBe("cancelled")
  })
})

describe("reports", () => {
  it("alone are written once a second, the latest of each task", async () => {
    const { start, clock, store } = programs()
    const task = start().addCoroutine(async (ctx) => {
      for (let step = 1; step <= 100; step++) {
        ctx.setProgress(step / 200)
        await sleep(clock, 100)
      }
      return untilAborted(ctx)
    }, [])
    await clock.advance("11 seconds")
    const reports = store.batches.flatMap(({ entries }) => entries).filter(({ what }) => what.type === "report")
    expect(reports.length).toBeGreaterThanOrEqual(9)
    expect(reports.length).toBeLessThanOrEqual(13)
    const told = reports.reduce((sum, { what }) => sum + (what.type === "report" ? (what.merged ?? 1) : 0), 0)
    expect(told).toBe(100)
    expect(task.snapshot.progress).toBe(0.5)
  })
})

/** Refuses what has this text in it. */
function refusing(text: string, store: Store): Store {
  const open: Store["open"] = (host) => {
    const session = store.open(host)
    const encode: StoreSession["encode"] = (value) => {
      if (JSON.stringify(value).includes(text)) throw new RangeError("too much")
      return session.encode(value)
    }
    return new Proxy(session, {
      get: (target, name) => {
        const value: unknown = name === "encode" ? encode : Reflect.get(target, name, target)
        return typeof value === "function" ? (value as () => unknown).bind(target) : value
      },
    })
  }
  return { ...store, open }
}

describe("a value that cannot be kept", () => {
  it("fails the task at its submission or its end, with the path of what cannot", async () => {
    const { start, clock } = programs()
    const supervisor = start()
    const takes = defineTask({ name: "takes", run: (_ctx, value: unknown) => value })
    const input = supervisor.run(takes({ deep: [() => 1] }))
    const output = supervisor.run(defineTask({ name: "gives", run: () => ({ list: [Symbol("no")] }) })())
    await clock.advance("1 minute")
    expect(input.snapshot.outcome).toMatchObject({
      failure: { type: "serialization", side: "input", path: "args[0].deep[0]" },
    })
    expect(output.snapshot.outcome).toMatchObject({
      failure: { type: "serialization", side: "output", path: "output.list[0]" },
    })
  })

  it("is kept as what it looks like, in an event or a log line", async () => {
    const { start, clock, warnings } = programs()
    const supervisor = start()
    const tells = defineTask({
      name: "tells",
      events: events<{ found: unknown }>(),
      run: (ctx) => {
        ctx.sendEvent("found", { how: () => 1 })
        ctx.log.info("with", () => 2)
      },
    })
    const { id } = supervisor.run(tells())
    await clock.settle()
    const facts = await supervisor.history.facts(id)
    expect(facts.map(({ type }) => type)).toEqual(["submitted", "state", "event", "log", "outcome"])
    expect(facts[2]).toMatchObject({ data: { how: "[Function how]" } })
    expect(warnings).toHaveLength(1)
  })

  it("is kept as a word about it where even its looks cannot be", async () => {
    const { start, clock } = programs()
    const supervisor = start({ store: refusing("large", memoryStore()) })
    const tells = defineTask({
      name: "tells",
      events: events<{ found: unknown }>(),
      run: (ctx) => {
        ctx.sendEvent("found", "large")
        ctx.log.info("large")
        return "an output"
      },
    })
    const task = supervisor.run(tells())
    await clock.settle()
    expect(task.snapshot.outcome).toEqual({ status: "completed", output: "an output" })
    const told = await supervisor.history.facts(task.id)
    expect(told[2]).toMatchObject({ data: "[Cannot be kept: too much]" })
    expect(told[3]).toMatchObject({ data: ["[Cannot be kept: too much]"] })
  })

  it("is kept of an error as it was thrown, whatever becomes of its bytes before it is written", async () => {
    const { start, clock } = programs()
    const supervisor = start()
    const error = Object.assign(new Error("no"), { body: new Uint8Array([1, 2]) })
    const task = supervisor.addCoroutine(() => Promise.reject(error), [])
    task.subscribe(({ phase }) => void (phase === "backoff" && error.body.fill(9)))
    await clock.settle()
    const told = await supervisor.history.facts(task.id)
    expect(told.at(-1)).toMatchObject({ phase: "backoff", failure: { error: { body: new Uint8Array([1, 2]) } } })
    expect(error.body).toEqual(new Uint8Array([9, 9]))
  })
})

describe("a store that cannot be written to", () => {
  it("lets no outcome be told and no task be accepted until it can, and nothing is lost", async () => {
    const { start, clock, store, warnings } = programs()
    const supervisor = start()
    const open = gate<number>()
    const task = supervisor.addCoroutine(() => open.opened, [])
    await clock.settle()
    store.refuse(full)
    open.open(7)
    let result: number | undefined
    void task.result().then((value) => (result = value))
    await clock.advance("500 ms")
    expect([task.snapshot.status, result]).toEqual(["completed", undefined])
    expect(await supervisor.settled({ timeout: 0 })).toBe(false)
    expect(() => supervisor.run(quick(1))).toThrow(
      'Cannot accept task "quick" now: Cannot write to the store memory: its disk is full; make room; it is tried again each second',
    )
    expect(() => supervisor.run(quick(1))).toThrow(StoreError)
    store.refuse()
    await clock.advance("1 second")
    expect(result).toBe(7)
    expect(await supervisor.run(quick(2)).result()).toBe(2)
    expect(warnings.map(({ message }) => message)).toEqual([
      "tasktor: The store memory cannot be written to: no task is accepted and no outcome is told until it can, and it is tried again each second",
      "tasktor: The store memory can be written to again; nothing was lost",
    ])
  })

  it("does not fail what was accepted before: children and steps wait with all else", async () => {
    const { start, clock, store } = programs()
    const supervisor = start()
    const child = defineTask({ name: "child of the accepted", run: (_ctx, n: number) => n })
    const parent = supervisor.addCoroutine(async (ctx) => {
      await sleep(clock, 1000)
      return ctx.run(child(7)).result()
    }, [])
    const pipeline = supervisor.run(map(child, [1, 2, 3]), { delay: "1 second" })
    await clock.settle()
    store.refuse(full)
    await clock.advance("3 seconds")
    expect([parent.snapshot.status, pipeline.snapshot.status]).toEqual(["running", "running"])
    store.refuse()
    await clock.advance("2 seconds")
    expect(await Promise.all([parent.result(), pipeline.result()])).toEqual([7, [1, 2, 3]])
  })

  it("lets a slot of a schedule wait", async () => {
    const { start, clock, store } = programs()
    const slots: string[] = []
    const nightly = defineTask({
      name: "nightly of the full disk",
      run: (ctx) => void slots.push(ctx.scheduledFor?.toISOString().slice(11, 19) ?? ""),
    })
    const supervisor = start()
    supervisor.schedules.add("nightly", cron("0 1 * * *", { timeZone: "UTC" }), nightly())
    await clock.advance("59 minutes")
    store.refuse(full)
    supervisor.addCoroutine(() => 1, [])
    await clock.advance("90 seconds")
    expect(slots).toEqual([])
    store.refuse()
    await clock.advance("2 seconds")
    expect(slots).toEqual(["01:00:00"])
  })

  it("lets nobody who comes late be told of what is not kept yet", async () => {
    const { start, clock, store } = programs()
    const supervisor = start()
    const task = supervisor.run(quick(1))
    await clock.settle()
    const late = supervisor.run(quick(2))
    const told: unknown[] = []
    late.subscribe(({ status }) => {
      if (status !== "completed") return
      store.refuse(full)
      void late.result().then((value) => told.push(value))
      void late.cancel().then((receipt) => told.push(receipt))
    })
    await clock.advance("500 ms")
    expect([late.snapshot.status, told]).toEqual(["completed", []])
    store.refuse()
    await clock.advance("1 second")
    expect(told).toEqual([2, "already-completed"])
    expect(await task.result()).toBe(1)
  })

  it("is told of by shutdown(), which ends all the same", async () => {
    const { start, clock, store } = programs()
    const supervisor = start()
    const task = supervisor.addCoroutine(untilAborted, [])
    await clock.settle()
    store.refuse(full)
    await task.persisted()
    void task.cancel()
    const unkept = task.persisted().catch((error: unknown) => error)
    const stopped = supervisor.shutdown()
    const [ended] = await Promise.all([stopped.catch((error: unknown) => error), clock.advance("10 seconds")])
    expect(ended).toBe(full)
    const why = { name: "StoreError", problem: "full", message: `Cannot keep task ${task.id}: ${full.message}` }
    expect(await unkept).toMatchObject(why)
    await expect(task.persisted()).rejects.toMatchObject(why)
    expect(supervisor.getSnapshot().state).toBe("stopped")
  })

  it("lets nothing begin that is to run once at most", async () => {
    const { start, clock, store } = programs()
    const supervisor = start()
    const ran: string[] = []
    const once = defineTask({ name: "once", delivery: "at-most-once", run: () => ran.push("ran") })
    const task = supervisor.run(once(), { delay: "1 second", retry: { maxAttempts: 1 } })
    await clock.settle()
    store.refuse(full)
    await clock.advance("5 seconds")
    expect([ran, task.snapshot.phase]).toEqual([[], "queued"])
    store.refuse()
    await clock.advance("1 second")
    expect([ran, task.snapshot.status]).toEqual([["ran"], "completed"])
  })

  it("knows of what could not begin that it has not begun, also in the next program", async () => {
    const { start, kill, clock, store } = programs()
    const supervisor = start({ concurrency: { coroutine: 1 } })
    const once = defineTask({ name: "once", delivery: "at-most-once", run: () => "once" })
    const task = supervisor.run(once(), { delay: "1 second" })
    const other = supervisor.addCoroutine(untilAborted, [], { delay: "1200 ms" })
    await clock.settle()
    store.refuse(full)
    await clock.advance("1500 ms")
    store.refuse()
    await clock.advance("1 second")
    // The slot that it could not use is another's by now.
    expect([other.snapshot.status, task.snapshot.phase]).toEqual(["running", "queued"])
    kill()
    const next = start()
    await clock.settle()
    expect(await next.get(task.id).result()).toBe("once")
  })
})

it("what is to run once at most begins before those are told of others' outcomes, by the same write, who may cancel it", async () => {
  const { start, clock } = programs()
  const supervisor = start({ concurrency: { coroutine: 1 } })
  const ran: string[] = []
  const charge = defineTask({
    name: "charge",
    delivery: "at-most-once",
    retry: { maxAttempts: 1 },
    run: async (ctx, what: string) => {
      ran.push(what)
      if (what === "declined") throw new Error("declined")
      await untilAborted(ctx)
    },
  })
  supervisor.run(charge("declined"), { whenDone: () => void next.cancel() })
  const next = supervisor.run(charge("next"))
  await clock.settle()
  // Its body had begun by then: it is stopped like any other, and nothing of it goes on.
  expect([ran, next.snapshot]).toMatchObject([["declined", "next"], { status: "cancelled", attempt: 1 }])
  expect(await isSettled(supervisor, clock)).toBe(true)
})

it("nobody is told of an outcome by a write that came before it", async () => {
  const { start, clock, store } = programs()
  const supervisor = start()
  const told: string[] = []
  const once = defineTask({
    name: "once",
    delivery: "at-most-once",
    rateLimit: { limit: 1, per: "1 second" },
    run: (_ctx, what: string) => void (what === "last" && store.refuse(full)),
  })
  supervisor.run(once("first"))
  const last = supervisor.run(once("last"), { whenDone: () => told.push("told") })
  await clock.advance("1500 ms")
  expect([last.snapshot.status, told]).toEqual(["completed", []])
  store.refuse()
  await clock.advance("1 second")
  expect(told).toEqual(["told"])
})

it("a store that refuses is asked once each second, however many wait to begin once at most", async () => {
  const { start, clock, store } = programs()
  const supervisor = start({ concurrency: { coroutine: 1 } })
  const once = defineTask({ name: "once", delivery: "at-most-once", run: () => 1 })
  const tasks = Array.from({ length: 50 }, () => supervisor.run(once(), { delay: "1 second" }))
  await clock.settle()
  store.refuse(full)
  await clock.advance("3 seconds")
  store.refuse()
  await clock.advance("2 seconds")
  expect(tasks.every(({ snapshot }) => snapshot.status === "completed")).toBe(true)
  expect(store.refusals).toBeLessThanOrEqual(4)
})

it("a child whose end nobody is told of yet is waited for no longer than its parent wants to", async () => {
  const { start, clock, store } = programs()
  const supervisor = start()
  const seen: unknown[] = []
  const child = defineTask({ name: "child", run: () => store.refuse(full) })
  const parent = supervisor.addCoroutine(async (ctx) => {
    const run = ctx.run(child())
    await sleep(clock, 100)
    seen.push(await run.result({ timeout: 100 }).catch((error: unknown) => (error as Error).name))
    await run.outcome()
  }, [])
  await clock.advance("500 ms")
  expect(seen).toEqual(["TaskTimeoutError"])
  const receipt = parent.cancel()
  await clock.advance("10 ms")
  expect(parent.snapshot.phase).toBe("settled")
  store.refuse()
  await clock.advance("2 seconds")
  expect(await receipt).toBe("cancelled")
})

describe("a shutdown", () => {
  it("leaves what has not settled to the next program", async () => {
    const { start, clock } = programs()
    const first = start({ concurrency: { coroutine: 1 } })
    const seen: string[] = []
    const work = defineTask({
      name: "work",
      run: (ctx, what: string) => {
        seen.push(`${what} ${ctx.attempt}`)
        return ctx.attempt === 1 && what === "runs" ? untilAborted(ctx) : what
      },
    })
    const runs = first.run(work("runs"))
    const waits = first.run(work("waits"))
    await clock.settle()
    await first.shutdown()
    expect(runs.snapshot.outcome).toEqual({ status: "cancelled", reason: { type: "shutdown" } })
    const refused = first.run(work("refused"))
    expect(await refused.outcome()).toEqual({ status: "cancelled", reason: { type: "shutdown" } })
    await expect(refused.persisted()).rejects.toThrow(
      `Cannot keep task ${refused.id}: its supervisor is shutting down; run it in the next one`,
    )
    await runs.persisted()
    const next = start()
    await clock.settle()
    expect(seen).toEqual(["runs 1", "runs 2", "waits 1"])
    expect(await Promise.all([runs, waits].map(({ id }) => next.get(id).result()))).toEqual(["runs", "waits"])
    expect(() => next.get(refused.id)).toThrow("Cannot find task")
  })

  it("ends for good what could not be run again", async () => {
    const { start, clock } = programs()
    const first = start()
    const { id } = first.addCoroutine(untilAborted, [])
    await clock.settle()
    await first.shutdown()
    expect(start().get(id).snapshot.outcome).toEqual({ status: "cancelled", reason: { type: "shutdown" } })
  })
})

describe("a supervisor that cannot be made", () => {
  it("gives its store back, and lets nothing of what it has found begin", async () => {
    const { start, clock, kill, store } = programs()
    const seen: string[] = []
    const work = defineTask({ name: "given back", run: (_ctx, what: string) => void seen.push(what) })
    start({ concurrency: { coroutine: 1 } }).run(work("late"), { delay: "1 hour" })
    await clock.settle()
    kill()
    store.refuse(full)
    expect(() => start()).toThrow(full)
    await clock.advance("2 hours")
    expect(seen).toEqual([])
    store.refuse()
    const next = start()
    await clock.settle()
    expect(seen).toEqual(["late"])
    expect(next.getSnapshot().counts.completed).toBe(1)
  })
})
