import { describe, expect, it } from "vitest"
import { waitsAsEffect } from "../fixtures/effect-bodies.ts"
import { swallows, waits } from "../fixtures/stopping.ts"
import { executors, setup, setupFor, setupReal } from "../support/setup.ts"
import { forEver, nextEvent, sleep, until, untilAborted } from "../support/wait.ts"

it("7. a coroutine that sleeps on the real clock is cancelled at once, and its clean-up is heard", async () => {
  const { supervisor } = setupReal()
  const task = supervisor.addCoroutine(async (ctx) => {
    ctx.onCancel(() => ctx.setMessage("cleaned up"))
    await new Promise((resolve, reject) => {
      const timer = setTimeout(resolve, 60_000)
      ctx.signal.addEventListener("abort", () => {
        clearTimeout(timer)
        reject(ctx.signal.reason as Error)
      })
    })
  }, [])
  await until(task, ({ status }) => status === "running")
  expect(await task.cancel()).toBe("cancelled")
  expect(task.snapshot).toMatchObject({ status: "cancelled", message: "cleaned up" })
})

describe.each(executors)("7. a body that is cancelled: %s", (executor) => {
  it.each([
    ["an async function with a clean-up", waits],
    ["an Effect with a finalizer", waitsAsEffect],
  ] as const)("%s: what it says then is in the last snapshot", async (_title, definition) => {
    const { supervisor, wait } = setupFor(executor)
    const task = supervisor.run((definition as typeof waits)(), { executor })
    await wait(nextEvent(task, "here"))
    expect(await wait(task.cancel())).toBe("cancelled")
    expect(task.snapshot).toMatchObject({ status: "cancelled", message: "cleaned up" })
  })

  it("that swallows the abort and returns is cancelled all the same", async () => {
    const { supervisor, wait } = setupFor(executor)
    const task = supervisor.run(swallows(), { executor })
    await wait(nextEvent(task, "here"))
    expect(await wait(task.cancel())).toBe("cancelled")
    expect(task.snapshot.outcome).toEqual({ status: "cancelled", reason: { type: "requested" } })
  })
})

it("7. a body that swallows the abort is not cancelled before it returned", async () => {
  const { supervisor, clock } = setup()
  const began = clock.now()
  const task = supervisor.addCoroutine(async (ctx) => {
    await untilAborted(ctx).catch(() => sleep(clock, 1500))
    return "never mind"
  }, [])
  await clock.settle()
  void task.cancel()
  await clock.advance("1 minute")
  expect(task.snapshot).toMatchObject({ status: "cancelled", settledAt: began + 1500 })
})

it("7. a body that never returns is not cancelled before the grace period ended", async () => {
  const { supervisor, clock } = setup()
  const began = clock.now()
  const task = supervisor.addCoroutine(forEver, [], { grace: "2500 ms" })
  await clock.settle()
  void task.cancel()
  await clock.advance("1 minute")
  expect(task.snapshot).toMatchObject({ status: "cancelled", settledAt: began + 2500 })
})
