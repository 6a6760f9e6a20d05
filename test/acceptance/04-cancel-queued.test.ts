import { existsSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { processExecutor, threadExecutor } from "tasktor"
import { expect, it, onTestFinished } from "vitest"
import { busyFor, touch } from "../fixtures/bodies.ts"
import { setupReal } from "../support/setup.ts"
import { tellTale } from "../support/tell-tale-executor.ts"
import { statusesOf, until } from "../support/wait.ts"

const cases = [
  { executor: "thread", sentAhead: false },
  { executor: "process", sentAhead: false },
  { executor: "thread", sentAhead: true },
  { executor: "process", sentAhead: true },
] as const

it.each(cases)(
  "4. a task that waits behind a busy $executor is cancelled at once, and never happens; sent ahead to the worker: $sentAhead",
  async ({ executor, sentAhead }) => {
    const folder = mkdtempSync(join(tmpdir(), "tasktor-"))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const file = join(folder, "effect")
    const given = new Set<string>()
    const inner = executor === "thread" ? threadExecutor() : processExecutor()
    const { supervisor } = setupReal({
      executors: [tellTale(inner, ({ id }) => given.add(id))],
      concurrency: { [executor]: 1 },
    })
    const pair = (busyMs: number) => {
      const first = supervisor.run(busyFor(busyMs), { executor })
      return { first, second: supervisor.run(touch(file), { executor }) }
    }
    // The worker is sent what is short ahead of time once it has seen that it is: until then, again.
    for (let isKnown = !sentAhead; !isKnown; rmSync(file)) {
      const { first, second } = pair(0)
      await until(first, ({ status }) => status === "running")
      isKnown = given.has(second.id) && second.snapshot.status === "pending"
      await second.result()
    }
    const { first, second } = pair(1000)
    const statuses = statusesOf(second)
    await until(first, ({ status }) => status === "running")
    expect(given.has(second.id)).toBe(sentAhead)
    expect(await second.cancel()).toBe("cancelled")
    expect(first.snapshot.status).toBe("running")
    expect(await first.result()).toBe("was busy")
    // Whatever the worker had in hand by then, it has done with before this.
    await supervisor.run(busyFor(0), { executor }).result()
    expect(statuses).toEqual(["pending", "cancelled"])
    expect(second.snapshot).toMatchObject({ attempt: 0, outcome: { reason: { type: "requested" } } })
    expect(existsSync(file)).toBe(false)
  },
)
