import { expect, it } from "vitest"
import { nestedProgress } from "../fixtures/bodies.ts"
import { executors, setupFor } from "../support/setup.ts"

const inner = (part: number): number => 0.1 + 0.8 * (0.5 + 0.25 * part)

/** [total, value, the task's progress] of a context in [0.5, 0.75] of one in [0.1, 0.9]. */
const cases = [
  [10, 8, 0.66],
  [10, 99, inner(1)],
  [10, -3, inner(0)],
  [0, 0.5, inner(0.5)],
  [-1, 0.5, inner(0.5)],
  [Number.NaN, 0.5, inner(0.5)],
] as const

it.each(executors)("8. progress in nested sub-contexts, values and totals clamped: %s", async (executor) => {
  const { supervisor, wait } = setupFor(executor)
  for (const [total, value, expected] of cases) {
    const seen: number[] = []
    const task = supervisor.run(nestedProgress(total, value), { executor })
    task.on("said", () => void seen.push(task.snapshot.progress))
    await wait(task.result())
    expect({ total, value, seen }).toEqual({ total, value, seen: [expect.closeTo(expected, 9)] })
    expect(task.snapshot.progress).toBe(1)
  }
})
