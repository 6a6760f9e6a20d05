import {
  type CancelReason,
  type ChildHandle,
  defineTask,
  describeCancel,
  describeFailure,
  TaskCancelledError,
  TaskFailedError,
  type TaskFailure,
  TaskTimeoutError,
} from "tasktor"
import { queryObjects } from "node:v8"
import { describe, expect, it } from "vitest"
import { setup, type SimulatedClock } from "../support/setup.ts"
import { gate, sleep, untilAborted } from "../support/wait.ts"

/** How many promises are left of a thousand polls: counted after a collection, which `queryObjects` begins with. */
async function keptPromises(clock: SimulatedClock, poll: () => Promise<unknown>): Promise<number> {
  const count = (): number => queryObjects(Promise, { format: "count" })
  const round = async (times: number): Promise<void> => {
    const polls = Array.from({ length: times }, poll)
    await clock.advance("1 second")
    await Promise.all(polls)
  }
  await round(10)
  const before = count()
  await round(1000)
  return count() - before
}

describe("an ending in words", () => {
  it.each<{ failure: TaskFailure; words: string }>([
    { failure: { type: "error", error: new RangeError("too small") }, words: "RangeError: too small" },
    { failure: { type: "timeout", limit: "hard", afterMs: 50 }, words: "hard timeout of 50 ms is over" },
    { failure: { type: "timeout", limit: "deadline", afterMs: 50 }, words: "deadline of 50 ms is over" },
    { failure: { type: "crash", outOfMemory: true }, words: "its worker ran out of memory" },
    { failure: { type: "crash", signal: "SIGKILL" }, words: "its worker was killed by SIGKILL" },
    { failure: { type: "crash", exitCode: 9 }, words: "its worker exited with code 9" },
    { failure: { type: "crash" }, words: "its worker exited with code unknown" },
    {
      failure: { type: "serialization", side: "input", path: "args[0].fn" },
      words:
        "its input cannot be sent to a worker: args[0].fn cannot be cloned; use plain data, or run it as a coroutine",
    },
    {
      failure: { type: "serialization", side: "output" },
      words: "its output cannot be sent from a worker; use plain data, or run it as a coroutine",
    },
    { failure: { type: "validation", side: "input", issues: ["a", "b"] }, words: "its input is not valid: a; b" },
    { failure: { type: "setup", error: new Error("no module") }, words: "no module" },
    { failure: { type: "lost", node: "n1" }, words: "its node n1 is gone" },
    { failure: { type: "lost" }, words: "the program that ran it is gone" },
  ])("is: $words", ({ failure, words }) => {
    expect(describeFailure(failure)).toBe(words)
  })

  it.each<{ reason: CancelReason; words: string }>([
    { reason: { type: "requested" }, words: "requested" },
    { reason: { type: "requested", message: "enough" }, words: "enough" },
    { reason: { type: "replaced", by: "t2" }, words: "replaced by t2" },
    { reason: { type: "parent", parent: "t1" }, words: "its parent t1 ended" },
    { reason: { type: "expired" }, words: "expired before it could start" },
    { reason: { type: "skipped", because: "of that" }, words: "skipped because of that" },
    { reason: { type: "shutdown" }, words: "the supervisor shuts down" },
  ])("is, when cancelled: $words", ({ reason, words }) => {
    expect(describeCancel(reason)).toBe(words)
  })
})

describe("a handle of a settled task", () => {
  it("takes listeners, which hear nothing, and is its snapshot as data", async () => {
    const { supervisor, clock } = setup()
    const task = supervisor.addCoroutine(() => "over", [])
    await clock.settle()
    const listener = (): never => {
      throw new Error("called")
    }
    task.subscribe(listener)()
    task.on("event" as never, listener)()
    expect(JSON.parse(JSON.stringify(task))).toMatchObject({ id: task.id, outcome: { output: "over" } })
  })
})

describe("result", () => {
  it.each([["text"], [0], [false], [null], [undefined]])("may be %j", async (output) => {
    const { supervisor, clock } = setup()
    const task = supervisor.addCoroutine(() => output, [])
    await clock.settle()
    expect(await task.result()).toBe(output)
    expect(task.snapshot.outcome).toEqual({ status: "completed", output })
  })

  it("of a failed task rejects with TaskFailedError, which has the failure, its cause, and names the task", async () => {
    const { supervisor, clock } = setup()
    const error = new RangeError("too small")
    const task = supervisor.addCoroutine(() => Promise.reject(error), [])
    await clock.settle()
    const thrown = await task.result().catch((reason: unknown) => reason)
    expect(thrown).toBeInstanceOf(TaskFailedError)
    expect(thrown).toMatchObject({ name: "TaskFailedError", failure: { type: "error", error }, cause: error })
    expect((thrown as Error).message).toContain(task.id)
    expect((thrown as Error).message).toContain("too small")
  })

  it("of a cancelled task rejects with TaskCancelledError, which has the reason", async () => {
    const { supervisor, clock } = setup()
    const task = supervisor.addCoroutine(untilAborted, [])
    await clock.settle()
    await task.cancel("not needed")
    const thrown = await task.result().catch((reason: unknown) => reason)
    expect(thrown).toBeInstanceOf(TaskCancelledError)
    expect(thrown).toMatchObject({ name: "TaskCancelledError", reason: { type: "requested", message: "not needed" } })
  })

  it("can be asked for before, after, and any number of times", async () => {
    const { supervisor, clock } = setup()
    const task = supervisor.addCoroutine(() => ({ n: 1 }), [])
    const before = task.result()
    await clock.settle()
    expect(await task.result()).toBe(await before)
    expect(await task.result()).toBe(await before)
  })

  it("that comes too late rejects with TaskTimeoutError, and the task goes on", async () => {
    const { supervisor, clock } = setup()
    const task = supervisor.addCoroutine(() => sleep(clock, 5000), [])
    const thrown = task.result({ timeout: "1 second" }).catch((reason: unknown) => reason)
    await clock.advance("1 second")
    expect(await thrown).toBeInstanceOf(TaskTimeoutError)
    expect(task.snapshot.status).toBe("running")
    await clock.advance("1 minute")
    expect(task.snapshot.status).toBe("completed")
  })

  it("that comes in time is given", async () => {
    const { supervisor, clock } = setup()
    const task = supervisor.addCoroutine(() => sleep(clock, 500).then(() => "in time"), [])
    const result = task.result({ timeout: "1 second" })
    await clock.advance("1 second")
    expect(await result).toBe("in time")
  })

  it("is told to those who wait, however long they want to, the first one first", async () => {
    const { supervisor, clock } = setup()
    const task = supervisor.addCoroutine(() => sleep(clock, 500), [])
    const told: string[] = []
    const wait = (name: string, timeout?: number): Promise<unknown> =>
      task.result(timeout === undefined ? {} : { timeout }).then(
        () => told.push(name),
        () => told.push(`${name} in vain`),
      )
    const waits = [wait("a", 1000), wait("b", 100), wait("c", 1000), wait("d", 200), wait("e", 1000)]
    await clock.advance("1 second")
    await Promise.all([...waits, wait("late", 0)])
    expect(told).toEqual(["b in vain", "d in vain", "a", "c", "e", "late"])
  })

  it("that is asked for in vain, again and again, leaves nothing at the living task", async () => {
    const { supervisor, clock } = setup()
    const task = supervisor.addCoroutine(untilAborted, [])
    const poll = (): Promise<unknown> => task.result({ timeout: 0 }).catch((error: unknown) => error)
    expect(await keptPromises(clock, poll)).toBeLessThan(100)
    expect(task.snapshot.status).toBe("running")
  })

  it("of a child that is asked for in vain, again and again, leaves nothing at the living child", async () => {
    const { supervisor, clock } = setup()
    const forEver = defineTask({ name: "forEver", run: (ctx) => untilAborted(ctx) })
    const child = gate<ChildHandle>()
    const parent = supervisor.addCoroutine((ctx) => {
      child.open(ctx.run(forEver()))
      return untilAborted(ctx)
    }, [])
    await clock.settle()
    const handle = await child.opened
    expect(await keptPromises(clock, () => handle.result({ timeout: 0 }).catch(() => {}))).toBeLessThan(100)
    expect(parent.snapshot.status).toBe("running")
  })

  it("that nobody asks for is nobody's unhandled rejection", async () => {
    const { supervisor, clock } = setup()
    const unhandled: unknown[] = []
    const note = (reason: unknown): void => void unhandled.push(reason)
    process.on("unhandledRejection", note)
    supervisor.addCoroutine(() => Promise.reject(new Error("no")), [])
    const cancelled = supervisor.addCoroutine(untilAborted, [])
    await clock.settle()
    void cancelled.cancel()
    await clock.settle()
    process.off("unhandledRejection", note)
    expect(unhandled).toEqual([])
  })
})

describe("outcome", () => {
  it("never rejects", async () => {
    const { supervisor, clock } = setup()
    const error = new Error("no")
    const failed = supervisor.addCoroutine(() => Promise.reject(error), [])
    const cancelled = supervisor.addCoroutine(untilAborted, [])
    const outcomes = Promise.all([failed.outcome(), cancelled.outcome()])
    await clock.settle()
    void cancelled.cancel()
    await clock.settle()
    const failure = { type: "error", error }
    expect(await outcomes).toEqual([
      { status: "failed", failure, attempts: [failure] },
      { status: "cancelled", reason: { type: "requested" } },
    ])
  })
})

describe("what a body may return", () => {
  it.each([
    ["a value", () => 7],
    ["a promise", () => Promise.resolve(7)],
    // oxlint-disable-next-line unicorn/no-thenable -- query builders and the like are such things
    ["what only looks like a promise", () => ({ then: (resolve: (n: number) => void) => resolve(7) }) as never],
  ])("is %s", async (_title, body) => {
    const { supervisor, clock } = setup()
    const task = supervisor.addCoroutine(body, [])
    await clock.settle()
    expect(task.snapshot.outcome).toEqual({ status: "completed", output: 7 })
  })
})

describe("a snapshot", () => {
  it("has the instants of a task's life", async () => {
    const { supervisor, clock } = setup({ concurrency: { coroutine: 1 } })
    const origin = clock.now()
    supervisor.addCoroutine(() => sleep(clock, 1000), [])
    const task = supervisor.addCoroutine(() => sleep(clock, 500), [])
    expect(task.snapshot).toMatchObject({ status: "pending", phase: "queued", attempt: 0, submittedAt: origin })
    await clock.advance("10 seconds")
    expect(task.snapshot).toMatchObject({
      status: "completed",
      phase: "settled",
      attempt: 1,
      submittedAt: origin,
      startedAt: origin + 1000,
      settledAt: origin + 1500,
      executor: "coroutine",
      cancelRequested: false,
    })
  })

  it("is the same object until something changes", async () => {
    const { supervisor, clock } = setup()
    const task = supervisor.addCoroutine(untilAborted, [])
    await clock.settle()
    expect(task.snapshot).toBe(task.snapshot)
    const before = task.snapshot
    await clock.advance("1 hour")
    expect(task.snapshot).toBe(before)
  })
})
