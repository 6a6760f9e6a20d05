import { createSupervisor, type Attempt, type Executor, type TaskHandle } from "tasktor"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { setup } from "../support/setup.ts"

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
})
