import { createSupervisor, type Supervisor, type TaskContext } from "tasktor"
import { simulatedClock } from "tasktor/testing"
import { expect, it } from "vitest"
import { forEver } from "../support/wait.ts"

/** A supervisor with that many running tasks, and the contexts of some of them. Nothing of it outlives the test. */
async function alive(count: number) {
  const clock = simulatedClock()
  const supervisor = createSupervisor({ clock })
  const contexts: TaskContext[] = []
  const body = (ctx: TaskContext): Promise<never> => {
    if (contexts.length < 2000) contexts.push(ctx)
    return forEver()
  }
  for (let i = 0; i < count; i++) supervisor.addCoroutine(body, [])
  while (supervisor.getSnapshot().counts.running < count) await clock.settle()
  return { supervisor, contexts }
}

/** Milliseconds for a thousand times all three: the least of several runs, so that a pause of the machine does not count. */
function leastOf(runs: number, work: (run: number) => void): number {
  let least = Number.POSITIVE_INFINITY
  for (let run = 0; run < runs; run++) {
    const begin = performance.now()
    work(run)
    least = Math.min(least, performance.now() - begin)
  }
  return least
}

function costs(supervisor: Supervisor, contexts: readonly TaskContext[]): Record<string, number> {
  let sum = 0
  const update = (run: number): void => {
    for (let i = 0; i < 1000; i++) {
      const ctx = contexts[i % contexts.length]!
      ctx.setMessage(`${run}: ${i}`)
      ctx.flush()
    }
  }
  const read = (): void => {
    for (let i = 0; i < 1000; i++) sum += supervisor.getSnapshot().progress
  }
  const add = (): void => {
    for (let i = 0; i < 1000; i++) supervisor.addCoroutine(forEver, [], { delay: "1 hour" })
  }
  // once for the just-in-time compiler
  for (const work of [update, read, add]) work(-1)
  const found = { update: leastOf(7, update), read: leastOf(7, read), add: leastOf(7, add) }
  expect(sum).toBeGreaterThanOrEqual(0)
  return found
}

it("15. adding, updating and reading cost the same with 100,000 tasks alive as with 100", async () => {
  const few = await alive(100)
  const small = costs(few.supervisor, few.contexts)
  const many = await alive(100_000)
  const large = costs(many.supervisor, many.contexts)
  // What grows with the number of tasks would be a thousand times dearer.
  const dearer = Object.entries(large).filter(([work, ms]) => ms > 20 * small[work]!)
  expect(dearer).toEqual([])
})
