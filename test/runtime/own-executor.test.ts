import { coroutineExecutor, createSupervisor, defineTask, type Attempt, type Executor, type TaskHandle } from "tasktor"
import * as Effect from "effect/Effect"
import { describe, expect, it, onTestFinished, vi } from "vitest"
import { setup } from "../support/setup.ts"
import { gate } from "../support/wait.ts"

const failure = { type: "lost" } as const

/** One task on an executor that does just that with an attempt. */
async function runOn(execute: Executor["execute"]): Promise<TaskHandle> {
  const own: Executor = {
    name: "own",
    defaultConcurrency: 1,
    force: "terminates",
    open: () => {},
    execute,
    close: () => Promise.resolve(),
  }
  const { supervisor, clock } = setup({ executors: [own] })
  const task = supervisor.addCoroutine(() => 1, [], { executor: "own", retry: { maxAttempts: 2, delay: 0 } })
  await clock.advance("1 second")
  // Whatever it did, the slot is the next one's.
  expect(supervisor.inspect.stats()["slots"]).toMatchObject({ own: { running: 0, waiting: 0 } })
  return task
}

/** The body begins, and then. */
const begun = (attempt: Attempt, end: Effect.Effect<unknown, typeof failure>): typeof end => {
  attempt.started()
  return end
}

describe("an executor of one's own", () => {
  it("gives an output", async () => {
    const task = await runOn((attempt) => begun(attempt, Effect.succeed(5)))
    expect(task.snapshot.outcome).toEqual({ status: "completed", output: 5 })
  })

  it("that forgets to say that the body begins hangs nothing", async () => {
    const task = await runOn(() => Effect.succeed(5))
    expect(task.snapshot).toMatchObject({ attempt: 1, outcome: { status: "completed", output: 5 } })
  })

  it("may say it twice", async () => {
    const task = await runOn((attempt) => (attempt.started(), begun(attempt, Effect.succeed(5))))
    expect(task.snapshot).toMatchObject({ attempt: 1, status: "completed" })
  })

  it("gives a typed failure: worth another attempt if the body had begun", async () => {
    const late = await runOn((attempt) => begun(attempt, Effect.fail(failure)))
    expect(late.snapshot.outcome).toEqual({ status: "failed", failure, attempts: [failure, failure] })
    const early = await runOn(() => Effect.fail(failure))
    expect(early.snapshot.outcome).toEqual({ status: "failed", failure, attempts: [failure] })
  })

  it.each<{ how: string; execute: Executor["execute"] }>([
    {
      how: "throws",
      execute: () => {
        throw new Error("odd")
      },
    },
    { how: "dies", execute: (attempt) => begun(attempt, Effect.die(new Error("odd"))) },
  ])("that $how fails the task with that error", async ({ execute }) => {
    const task = await runOn(execute)
    expect(task.snapshot.outcome).toMatchObject({ failure: { type: "error", error: { message: "odd" } } })
  })

  it("that ends by itself what nobody has aborted has crashed", async () => {
    const task = await runOn((attempt) => begun(attempt, Effect.interrupt))
    expect(task.snapshot.outcome).toMatchObject({ status: "failed", failure: { type: "crash" } })
  })

  it("is not heard after the end", async () => {
    const attempts: Attempt[] = []
    const task = await runOn((attempt) => (attempts.push(attempt), begun(attempt, Effect.succeed(5))))
    const { snapshot } = task
    for (const attempt of attempts) {
      attempt.started()
      attempt.link.progress(0.5)
      attempt.link.event("late", 1)
      attempt.link.log("info", ["late"])
      expect(await attempt.link.eventAndWait("late", 1, 1000)).toBe(false)
    }
    expect(task.snapshot).toBe(snapshot)
  })

  it.each<{ how: string; prefetch: () => number; cause?: unknown }>([
    {
      how: "throws",
      prefetch: () => {
        throw new Error("odd")
      },
      cause: expect.objectContaining({ message: "odd" }),
    },
    { how: "is no number", prefetch: () => Number.NaN },
    { how: "is negative", prefetch: () => -1 },
  ])("whose prefetch() $how has its slots, holds up no other, and is warned of once", async ({ prefetch, cause }) => {
    const own: Executor = { ...coroutineExecutor(), name: "own", defaultConcurrency: 2, prefetch }
    const { supervisor, clock, warnings } = setup({ executors: [own] })
    const theirs = Array.from({ length: 5 }, () => supervisor.addCoroutine(() => 1, [], { executor: "own" }))
    const other = supervisor.addCoroutine(() => 2, [])
    await clock.settle()
    expect([...theirs, other].map(({ snapshot }) => snapshot.status)).toEqual(Array(6).fill("completed"))
    expect(warnings).toEqual([{ message: expect.stringMatching(/^tasktor: prefetch\(\) of executor "own" /), cause }])
  })

  it("can warn the operator", () => {
    const warnings: unknown[] = []
    const own: Executor = {
      name: "own",
      defaultConcurrency: 1,
      force: "terminates",
      open: (host) => host.warn("no room", 7),
      execute: () => Effect.void,
      close: () => Promise.resolve(),
    }
    createSupervisor({ executors: [own], warn: (...warning) => warnings.push(warning) })
    expect(warnings).toEqual([["tasktor: no room", 7]])
  })

  it("warns on the console where nobody gave another place, with a colon before the cause", () => {
    const print = vi.spyOn(console, "warn").mockImplementation(() => {})
    onTestFinished(() => print.mockRestore())
    const own: Executor = {
      name: "own",
      defaultConcurrency: 1,
      force: "terminates",
      open: (host) => (host.warn("no room", 7), host.warn("no air")),
      execute: () => Effect.void,
      close: () => Promise.resolve(),
    }
    createSupervisor({ executors: [own] })
    expect(print.mock.calls).toEqual([["tasktor: no room:", 7], ["tasktor: no air"]])
  })

  it("may run bodies as the coroutine executor does, and do more about them", async () => {
    const log: string[] = []
    const inner = coroutineExecutor()
    const logged: Executor = {
      ...inner,
      name: "logged",
      defaultConcurrency: 4,
      execute: (attempt) =>
        inner
          .execute(attempt)
          .pipe(Effect.onExit((exit) => Effect.sync(() => log.push(`${attempt.definition.taskName} ${exit._tag}`)))),
    }
    const { supervisor, clock } = setup({ executors: [logged], defaults: { executor: "logged" } })
    const double = defineTask({
      name: "double",
      run: async (ctx, n: number) => (ctx.setMessage(`on ${n}`), n * 2),
    })
    const refuse = defineTask({ name: "refuse", run: () => Promise.reject(new Error("no")) })
    const fine = supervisor.run(double(21))
    const bad = supervisor.run(refuse())
    await clock.settle()
    expect(fine.snapshot).toMatchObject({
      executor: "logged",
      message: "on 21",
      outcome: { status: "completed", output: 42 },
    })
    expect(bad.snapshot.outcome).toMatchObject({ status: "failed", failure: { type: "error" } })
    expect(log.toSorted()).toEqual(["double Success", "refuse Failure"])
  })
})

it("lets those who come back from their children run one more than there are slots, and no more, beside what it has in hand", async () => {
  const inner = coroutineExecutor()
  const own: Executor = {
    ...inner,
    name: "own",
    defaultConcurrency: 2,
    // Given, and not begun for long, as by a worker that starts.
    execute: (attempt) => (attempt.definition.taskName === "later" ? Effect.never : inner.execute(attempt)),
  }
  const { supervisor, clock } = setup({ executors: [own, coroutineExecutor()] })
  const [together, end] = [gate(), gate()]
  const child = defineTask({ name: "child", run: () => together.opened })
  const parent = defineTask({
    name: "parent",
    executor: "own",
    run: async (ctx) => {
      await ctx.run(child()).result()
      await end.opened
    },
  })
  const later = defineTask({ name: "later", executor: "own", run: () => {} })
  const parents = Array.from({ length: 6 }, () => supervisor.run(parent()))
  const held = Array.from({ length: 2 }, () => supervisor.run(later()))
  const running = (): unknown => (supervisor.inspect.stats()["slots"] as { own: { running: number } }).own.running
  await clock.settle()
  expect(running()).toBe(0)
  together.open()
  await clock.settle()
  expect(running()).toBe(3)
  end.open()
  await clock.settle()
  expect(parents.every(({ snapshot }) => snapshot.status === "completed")).toBe(true)
  for (const one of held) void one.cancel()
})
