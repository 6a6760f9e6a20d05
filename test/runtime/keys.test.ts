import type { KeyPolicy, RunOptions, TaskContext, TaskHandle } from "tasktor"
import { describe, expect, it } from "vitest"
import { setup } from "../support/setup.ts"
import { gate, sleep, untilAborted } from "../support/wait.ts"

describe("a key", () => {
  it("is the task's id when none is given", () => {
    const { supervisor } = setup()
    const task = supervisor.addCoroutine(untilAborted, [])
    expect(task.key).toBe(task.id)
    expect(task.snapshot.key).toBe(task.id)
    expect(supervisor.find(task.id)?.id).toBe(task.id)
  })

  it("that is the id counts like any other: for replace, queue, join and reject", async () => {
    const { supervisor, clock } = setup()
    const waiting = (): TaskHandle => supervisor.addCoroutine(untilAborted, [])
    const [replaced, first, joined, kept] = [waiting(), waiting(), waiting(), waiting()]
    await clock.settle()
    const next = supervisor.addCoroutine(() => 1, [], { key: replaced.id })
    const queued = supervisor.addCoroutine(() => 2, [], { key: first.id, onConflict: "queue" })
    const rejected = supervisor.addCoroutine(() => 3, [], { key: kept.id, onConflict: "reject" })
    expect(supervisor.addCoroutine(() => 4, [], { key: joined.id, onConflict: "join" })).toBe(joined)
    await clock.settle()
    expect(replaced.snapshot.outcome).toMatchObject({ reason: { type: "replaced", by: next.id } })
    expect(next.snapshot.status).toBe("completed")
    expect([first, queued].map(({ snapshot }) => snapshot.status)).toEqual(["running", "pending"])
    expect(await supervisor.cancel({ key: first.key })).toEqual(["cancelled", "cancelled"])
    expect(rejected.snapshot.outcome).toMatchObject({ reason: { type: "skipped" } })
    expect(await supervisor.cancel({ key: kept.key })).toEqual(["cancelled"])
    expect(supervisor.find(first.id)).toBeUndefined()
  })

  it("that is the id is handed on at the task's end", async () => {
    const { supervisor, clock } = setup()
    const ends = gate()
    const first = supervisor.addCoroutine(() => ends.opened, [])
    const second = supervisor.addCoroutine(() => 2, [], { key: first.id, onConflict: "queue" })
    await clock.settle()
    expect(second.snapshot.status).toBe("pending")
    ends.open()
    await clock.settle()
    expect(second.snapshot.status).toBe("completed")
  })

  it("is compared by its structure", async () => {
    const { supervisor, clock } = setup()
    const task = supervisor.addCoroutine(untilAborted, [], { key: ["machine", 7] })
    await clock.settle()
    expect(supervisor.find(["machine", 7])?.id).toBe(task.id)
    expect(task.key).toEqual(["machine", 7])
  })

  it.each([
    [7, "7"],
    [
      ["machine", 7],
      ["machine", "7"],
    ],
    [["machine"], "machine"],
    [["a", "b"], ["a,b"]],
    [["a", "b"], ['a","b']],
    [[["a", 1], "b"].flat(), ["a", "1b"]],
    [[], ""],
  ] as const)("%j is another one than %j", async (one, other) => {
    const { supervisor, clock } = setup()
    const first = supervisor.addCoroutine(untilAborted, [], { key: one })
    const second = supervisor.addCoroutine(untilAborted, [], { key: other })
    await clock.settle()
    expect([first.snapshot.status, second.snapshot.status]).toEqual(["running", "running"])
    expect(supervisor.find(one)?.id).toBe(first.id)
    expect(supervisor.find(other)?.id).toBe(second.id)
  })

  it("may be changed by its owner afterwards without an effect", async () => {
    const { supervisor, clock } = setup()
    const key: (string | number)[] = ["machine", 7]
    const task = supervisor.addCoroutine(untilAborted, [], { key })
    key[1] = 8
    await clock.settle()
    expect(task.key).toEqual(["machine", 7])
    expect(supervisor.find(["machine", 7])?.id).toBe(task.id)
    expect(supervisor.find(["machine", 8])).toBeUndefined()
  })

  it("is free again once its task has settled", async () => {
    const { supervisor, clock } = setup()
    const first = supervisor.addCoroutine(() => 1, [], { key: "k" })
    await clock.settle()
    expect(first.snapshot.status).toBe("completed")
    expect(supervisor.find("k")).toBeUndefined()
    const second = supervisor.addCoroutine(() => 2, [], { key: "k", onConflict: "reject" })
    await clock.settle()
    expect(second.snapshot.outcome).toEqual({ status: "completed", output: 2 })
  })
})

describe("replace", () => {
  it("is what happens when nothing else is asked for", async () => {
    const { supervisor, clock } = setup()
    const first = supervisor.addCoroutine(untilAborted, [], { key: "k" })
    await clock.settle()
    const second = supervisor.addCoroutine(() => 2, [], { key: "k" })
    await clock.settle()
    expect(first.snapshot.outcome).toEqual({ status: "cancelled", reason: { type: "replaced", by: second.id } })
    expect(second.snapshot.outcome).toEqual({ status: "completed", output: 2 })
  })

  it("starts the new task only once the old one has really ended", async () => {
    const { supervisor, clock } = setup()
    const first = supervisor.addCoroutine(() => sleep(clock, 1000), [], { key: "k" })
    await clock.settle()
    const second = supervisor.addCoroutine(untilAborted, [], { key: "k" })
    await clock.advance("999 ms")
    expect([first.snapshot.phase, second.snapshot.phase]).toEqual(["cancelling", "queued"])
    expect(supervisor.find("k")?.id).toBe(second.id)
    await clock.advance("1 ms")
    expect([first.snapshot.status, second.snapshot.status]).toEqual(["cancelled", "running"])
    expect(supervisor.find("k")?.id).toBe(second.id)
  })

  it("removes a task that still waits, which then never runs", async () => {
    const { supervisor, clock } = setup({ concurrency: { coroutine: 1 } })
    const busy = supervisor.addCoroutine(untilAborted, [])
    let ran = false
    const first = supervisor.addCoroutine(() => void (ran = true), [], { key: "k" })
    await clock.settle()
    const second = supervisor.addCoroutine(() => 2, [], { key: "k" })
    await clock.settle()
    expect(first.snapshot.outcome).toEqual({ status: "cancelled", reason: { type: "replaced", by: second.id } })
    await busy.cancel()
    await clock.settle()
    expect(second.snapshot.status).toBe("completed")
    expect(ran).toBe(false)
  })

  it("whose end runs the same key again is followed by that one alone: the latest has the key", async () => {
    const { supervisor, clock } = setup({ concurrency: { coroutine: 1 } })
    supervisor.addCoroutine(() => sleep(clock, 1000), [])
    const run = (options: RunOptions = {}): TaskHandle => supervisor.addCoroutine(() => 1, [], { key: "k", ...options })
    let third: TaskHandle | undefined
    const first = run({ whenDone: () => (third = run()) })
    const second = run()
    expect(first.snapshot.outcome).toEqual({ status: "cancelled", reason: { type: "replaced", by: second.id } })
    expect(second.snapshot.outcome).toEqual({ status: "cancelled", reason: { type: "replaced", by: third?.id } })
    expect(supervisor.find("k")).toBe(third)
    await clock.advance("1 minute")
    expect(third?.snapshot.status).toBe("completed")
  })

  it("of a replacement that still waits for the first one lets only the last one run", async () => {
    const { supervisor, clock } = setup()
    const first = supervisor.addCoroutine(() => sleep(clock, 1000), [], { key: "k" })
    await clock.settle()
    const second = supervisor.addCoroutine(() => 2, [], { key: "k" })
    const third = supervisor.addCoroutine(() => 3, [], { key: "k" })
    await clock.settle()
    expect(second.snapshot.outcome).toEqual({ status: "cancelled", reason: { type: "replaced", by: third.id } })
    expect(third.snapshot.status).toBe("pending")
    await clock.advance("1 second")
    expect(first.snapshot.outcome).toEqual({ status: "cancelled", reason: { type: "replaced", by: second.id } })
    expect(third.snapshot.outcome).toEqual({ status: "completed", output: 3 })
  })

  it("lets the new task be cancelled while it waits for the old one", async () => {
    const { supervisor, clock } = setup()
    const first = supervisor.addCoroutine(() => sleep(clock, 1000), [], { key: "k" })
    await clock.settle()
    const second = supervisor.addCoroutine(() => 2, [], { key: "k" })
    await clock.settle()
    expect(await second.cancel("changed my mind")).toBe("cancelled")
    await clock.advance("1 second")
    expect(first.snapshot.status).toBe("cancelled")
    expect(second.snapshot.attempt).toBe(0)
    expect(second.snapshot.outcome).toEqual({
      status: "cancelled",
      reason: { type: "requested", message: "changed my mind" },
    })
    expect(supervisor.find("k")).toBeUndefined()
  })
})

describe("reject", () => {
  it("leaves the living task alone and skips the new one, which names the holder", async () => {
    const { supervisor, clock } = setup()
    const first = supervisor.addCoroutine(untilAborted, [], { key: "k" })
    await clock.settle()
    let ran = false
    const second = supervisor.addCoroutine(() => void (ran = true), [], { key: "k", onConflict: "reject" })
    await clock.settle()
    expect(first.snapshot.status).toBe("running")
    expect(second.id).not.toBe(first.id)
    expect(second.snapshot.outcome).toMatchObject({ status: "cancelled", reason: { type: "skipped" } })
    expect(JSON.stringify(second.snapshot.outcome)).toContain(first.id)
    expect(ran).toBe(false)
    expect(supervisor.find("k")?.id).toBe(first.id)
  })

  it("calls whenDone of the skipped task once", async () => {
    const { supervisor, clock } = setup()
    supervisor.addCoroutine(untilAborted, [], { key: "k" })
    const done: string[] = []
    supervisor.addCoroutine(() => 2, [], {
      key: "k",
      onConflict: "reject",
      whenDone: (task) => done.push(task.snapshot.status),
    })
    await clock.settle()
    expect(done).toEqual(["cancelled"])
  })
})

describe("join", () => {
  it("gives the living task, and makes no new one", async () => {
    const { supervisor, clock } = setup()
    const done = gate<string>()
    let runs = 0
    const body = (): Promise<string> => {
      runs++
      return done.opened
    }
    const first = supervisor.addCoroutine(body, [], { key: "k" })
    const second = supervisor.addCoroutine(body, [], { key: "k", onConflict: "join" })
    await clock.settle()
    expect(second.id).toBe(first.id)
    done.open("both")
    await clock.settle()
    expect(await Promise.all([first.result(), second.result()])).toEqual(["both", "both"])
    expect(runs).toBe(1)
  })

  it("runs the task when there is none to join", async () => {
    const { supervisor, clock } = setup()
    const task = supervisor.addCoroutine(() => "alone", [], { key: "k", onConflict: "join" })
    await clock.settle()
    expect(task.snapshot.outcome).toEqual({ status: "completed", output: "alone" })
  })

  it("tells both who asked: whenDone of each once, whenEvent of each with each event", async () => {
    const { supervisor, clock } = setup()
    const told: string[] = []
    const done = gate()
    const body = async (ctx: TaskContext): Promise<void> => {
      await done.opened
      ctx.sendEvent("event", 1)
    }
    const asks = (who: string): RunOptions => ({
      key: "k",
      onConflict: "join",
      whenDone: () => told.push(`${who}: done`),
      whenEvent: (_task, name, data) => told.push(`${who}: ${name} ${String(data)}`),
    })
    supervisor.addCoroutine(body, [], asks("first"))
    supervisor.addCoroutine(body, [], asks("second"))
    await clock.settle()
    done.open()
    await clock.settle()
    expect(told.toSorted()).toEqual(["first: done", "first: event 1", "second: done", "second: event 1"])
  })
})

describe("queue", () => {
  it("starts each once the one before it has settled, in the order of their submission", async () => {
    const { supervisor, clock } = setup()
    const order: string[] = []
    const body = async (_ctx: TaskContext, name: string): Promise<void> => {
      order.push(`${name} starts`)
      await sleep(clock, 100)
      order.push(`${name} ends`)
    }
    const tasks = ["a", "b", "c"].map((name) =>
      supervisor.addCoroutine(body, [name], { key: "k", onConflict: "queue" }),
    )
    await clock.settle()
    expect(tasks.map(({ snapshot }) => snapshot.phase)).toEqual(["executing", "queued", "queued"])
    await clock.advance("1 second")
    expect(order).toEqual(["a starts", "a ends", "b starts", "b ends", "c starts", "c ends"])
    expect(tasks.map(({ snapshot }) => snapshot.status)).toEqual(["completed", "completed", "completed"])
  })

  it.each(["cancelled", "failed"] as const)("goes on when the one before it has %s", async (ending) => {
    const { supervisor, clock } = setup()
    const fails = gate()
    const first = supervisor.addCoroutine(
      async (ctx) => {
        await Promise.race([fails.opened, untilAborted(ctx)])
        throw new Error("no")
      },
      [],
      { key: "k" },
    )
    const second = supervisor.addCoroutine(() => 2, [], { key: "k", onConflict: "queue" })
    await clock.settle()
    expect(second.snapshot.phase).toBe("queued")
    if (ending === "failed") fails.open()
    else void first.cancel()
    await clock.settle()
    expect(first.snapshot.status).toBe(ending)
    expect(second.snapshot.outcome).toEqual({ status: "completed", output: 2 })
  })

  it("holds no slot while it waits", async () => {
    const { supervisor, clock } = setup({ concurrency: { coroutine: 2 } })
    supervisor.addCoroutine(untilAborted, [], { key: "k" })
    supervisor.addCoroutine(untilAborted, [], { key: "k", onConflict: "queue" })
    const other = supervisor.addCoroutine(() => "other", [])
    await clock.settle()
    expect(other.snapshot.status).toBe("completed")
  })

  it("is passed over when the waiting task is cancelled", async () => {
    const { supervisor, clock } = setup()
    const ends = gate()
    supervisor.addCoroutine(() => ends.opened, [], { key: "k" })
    const second = supervisor.addCoroutine(() => 2, [], { key: "k", onConflict: "queue" })
    const third = supervisor.addCoroutine(() => 3, [], { key: "k", onConflict: "queue" })
    await clock.settle()
    await second.cancel()
    ends.open()
    await clock.settle()
    expect([second.snapshot.status, third.snapshot.status]).toEqual(["cancelled", "completed"])
  })
})

describe("whatever the policy", () => {
  const policies: readonly KeyPolicy[] = ["replace", "reject", "join", "queue"]

  it.each(policies)(
    "with %s never two bodies of a key run at once, and find gives a living one",
    async (onConflict) => {
      const { supervisor, clock } = setup()
      let running = 0
      let most = 0
      const body = async (ctx: TaskContext, ms: number): Promise<void> => {
        most = Math.max(most, ++running)
        await Promise.race([sleep(clock, ms), untilAborted(ctx).catch(() => sleep(clock, 5))])
        running--
      }
      const tasks: TaskHandle[] = []
      for (let i = 0; i < 20; i++) {
        tasks.push(supervisor.addCoroutine(body, [7 + (i % 3) * 10], { key: "k", onConflict }))
        expect(["pending", "running"]).toContain(supervisor.find("k")?.snapshot.status)
        await clock.advance(i % 4)
      }
      await clock.advance("10 seconds")
      expect(most).toBe(1)
      expect(tasks.every(({ snapshot }) => snapshot.outcome !== undefined)).toBe(true)
      expect(supervisor.find("k")).toBeUndefined()
    },
  )
})
