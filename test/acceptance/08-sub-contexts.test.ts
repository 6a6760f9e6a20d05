import { describe, expect, it } from "vitest"
import { nestedProgress } from "../fixtures/bodies.ts"
import { executors, setupFor } from "../support/setup.ts"

describe.each(executors)("8. progress in nested sub-contexts: %s", (executor) => {
  const inner = (part: number): number => 0.1 + 0.8 * (0.5 + 0.25 * part)

  it.each([
    ["8 of 10 is 0.66", 10, 8, 0.66],
    ["99 of 10 is clamped", 10, 99, inner(1)],
    ["-3 of 10 is clamped", 10, -3, inner(0)],
    ["a total of 0 is 1", 0, 0.5, inner(0.5)],
    ["a total of -1 is 1", -1, 0.5, inner(0.5)],
    ["a total of NaN is 1", Number.NaN, 0.5, inner(0.5)],
  ])("%s", async (_title, total, value, expected) => {
    const { supervisor, wait } = setupFor(executor, executor === "coroutine" ? {} : { concurrency: { [executor]: 1 } })
    const seen: number[] = []
    const task = supervisor.run(nestedProgress(total, value), { executor })
    task.on("said", () => void seen.push(task.snapshot.progress))
    await wait(task.result())
    expect(seen).toHaveLength(1)
    expect(Math.abs(seen[0]! - expected)).toBeLessThan(1e-9)
    expect(task.snapshot.progress).toBe(1)
  })
})
