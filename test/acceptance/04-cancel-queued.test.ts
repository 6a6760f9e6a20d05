import { existsSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect, it, onTestFinished } from "vitest"
import { busyFor, touch } from "../fixtures/bodies.ts"
import { setupReal, workers } from "../support/setup.ts"
import { stopwatch } from "../support/stopwatch.ts"
import { statusesOf, until } from "../support/wait.ts"

it.each(workers)("4. a task that waits behind a busy %s is cancelled at once, and never happens", async (executor) => {
  const folder = mkdtempSync(join(tmpdir(), "tasktor-"))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, "effect")
  const { supervisor } = setupReal({ concurrency: { [executor]: 1 } })
  const first = supervisor.run(busyFor(1000), { executor })
  await until(first, ({ status }) => status === "running")
  const second = supervisor.run(touch(file), { executor })
  const statuses = statusesOf(second)
  // Time for it to be sent ahead to the worker, if anything is.
  await new Promise((resolve) => setTimeout(resolve, 50))
  const elapsedMs = stopwatch()
  expect(await second.cancel()).toBe("cancelled")
  expect(elapsedMs()).toBeLessThan(50)
  expect(first.snapshot.status).toBe("running")
  expect(await first.result()).toBe("was busy")
  // Whatever the worker had in hand by then, it has done with before this.
  await supervisor.run(busyFor(0), { executor }).result()
  expect(statuses).toEqual(["pending", "cancelled"])
  expect(second.snapshot).toMatchObject({ attempt: 0, outcome: { reason: { type: "requested" } } })
  expect(existsSync(file)).toBe(false)
})
