import { describe, expect, it } from "vitest"
import { abc, asksOnce } from "../fixtures/bodies.ts"
import { executors, setupFor } from "../support/setup.ts"
import { forEver, nextEvent } from "../support/wait.ts"

describe.each(executors)("12. events: %s", (executor) => {
  const one = executor === "coroutine" ? {} : { concurrency: { [executor]: 1 } }

  it("come in their order; a listener that throws is reported and harms nothing; an acknowledgement is true once it was handled", async () => {
    const { supervisor, wait, warnings } = setupFor(executor, one)
    const heard: string[] = []
    const error = new Error("in the listener")
    const task = supervisor.run(abc(60_000), { executor })
    task.on("a", () => void heard.push("a"))
    task.on("b", () => {
      heard.push("b")
      throw error
    })
    task.on("c", async () => {
      await Promise.resolve()
      heard.push("c")
    })
    expect(await wait(task.result())).toBe(true)
    expect(heard).toEqual(["a", "b", "c"])
    expect(warnings.map(({ cause }) => cause)).toEqual([error])
  })

  it("are acknowledged as false when nobody listens", async () => {
    const { supervisor, wait } = setupFor(executor, one)
    expect(await wait(supervisor.run(abc(60_000), { executor }).result())).toBe(false)
  })

  it("are acknowledged as false when the listener throws", async () => {
    const { supervisor, wait } = setupFor(executor, one)
    const task = supervisor.run(abc(60_000), { executor })
    task.on("c", () => Promise.reject(new Error("no")))
    expect(await wait(task.result())).toBe(false)
  })

  it("are acknowledged as false after the timeout", async () => {
    const { supervisor, wait } = setupFor(executor, one)
    const task = supervisor.run(abc(50), { executor })
    task.on("c", forEver)
    expect(await wait(task.result())).toBe(false)
  })

  it("are acknowledged as false when the task is cancelled", async () => {
    const { supervisor } = setupFor(executor, one)
    const task = supervisor.run(asksOnce(), { executor })
    const asked = new Promise<void>((resolve) => {
      task.on("question", () => {
        resolve()
        return forEver()
      })
    })
    const answer = nextEvent(task, "answer")
    await asked
    expect(await task.cancel()).toBe("cancelled")
    expect(await answer).toBe(false)
  })
})
