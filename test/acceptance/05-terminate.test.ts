import { expect, it } from "vitest"
import { add } from "../fixtures/bodies.ts"
import { deafLoop } from "../fixtures/stopping.ts"
import { isRunning, leftOf } from "../support/os.ts"
import { setupReal, workers } from "../support/setup.ts"
import { nextEvent } from "../support/wait.ts"

it.each(workers)("5. a loop that never looks at its context is ended by force, with its %s", async (executor) => {
  const { supervisor } = setupReal({ concurrency: { [executor]: 1 } })
  const task = supervisor.run(deafLoop(executor === "process"), { executor, grace: "200 ms" })
  const phases: string[] = []
  task.subscribe(({ phase }) => phases.push(phase))
  const { pid, thread, grandchild } = await nextEvent(task, "here")
  const own = executor === "thread" ? [thread] : [`/proc/${pid}`, `/proc/${grandchild}`]
  expect(own.every(isRunning)).toBe(true)

  const asked = performance.now()
  const receipt = task.cancel()
  expect(task.snapshot).toMatchObject({ status: "running", phase: "cancelling", cancelRequested: true })
  expect(await supervisor.settled({ timeout: 0 })).toBe(false)
  expect(await receipt).toBe("terminated")
  expect(performance.now() - asked).toBeGreaterThanOrEqual(190)
  expect(phases.slice(-2)).toEqual(["cancelling", "settled"])
  expect(task.snapshot.outcome).toEqual({ status: "cancelled", reason: { type: "requested" } })
  expect(await supervisor.settled({ timeout: 0 })).toBe(true)
  expect(await leftOf(own)).toEqual([])

  const next = supervisor.run(add(1, 2), { executor })
  expect(await next.result()).toBe(3)
})
