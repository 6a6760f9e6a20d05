import { existsSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { processExecutor, type TaskHandle, threadExecutor } from "tasktor"
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
    const isAhead = (task: TaskHandle): boolean => given.has(task.id) && task.snapshot.status === "pending"
    const pair = async (busyMs: number) => {
      const first = supervisor.run(busyFor(busyMs), { executor })
      const second = supervisor.run(touch(file), { executor })
      const statuses = statusesOf(second)
      await until(first, ({ status }) => status === "running")
      return { first, second, statuses, isAsWanted: isAhead(second) === sentAhead }
    }
    const asWanted = async (tries: number): ReturnType<typeof pair> => {
      // The worker is sent ahead what is short once it has seen that it is.
      for (let isKnown = !sentAhead; !isKnown; rmSync(file)) {
        const short = await pair(0)
        isKnown = short.isAsWanted
        await short.second.result()
      }
      const both = await pair(3000)
      if (both.isAsWanted) return both
      if (tries === 0) throw new Error("Nothing is sent ahead, however short it was before")
      // Short ones may be long where the machine is busy.
      await both.second.result()
      rmSync(file)
      return asWanted(tries - 1)
    }
    const { first, second, statuses } = await asWanted(5)
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
