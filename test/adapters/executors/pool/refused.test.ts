import { describe, expect, it, vi } from "vitest"
import type { FakeWorker } from "./fake-transport.ts"
import { world, type World } from "./world.ts"

const reason = "spawn EMFILE"

/** A platform that makes no workers for now. */
function refusing(concurrency: number, limit: number): World {
  const all = world(concurrency, { limit })
  all.transport.refusal = new Error(reason)
  return all
}

describe("a worker that the platform refuses to make", () => {
  it("is asked for again until there is one", async () => {
    const all = refusing(1, 2)
    const one = all.run("a")
    await all.clock.advance("200 ms")
    expect(all.transport.refusals).toBeGreaterThan(1)
    all.transport.refusal = undefined
    await all.clock.advance("1 second")
    const [worker] = all.workers as [FakeWorker]
    worker.ready()
    await all.turn()
    worker.begins("a")
    worker.returns("a")
    expect(one.end()).toBe("output of a")
    expect(all.warnings).toEqual([])
    expect(all.workers).toHaveLength(1)
  })

  it("breaks the pool with the platform's reason when it goes on, once for all that wait", async () => {
    const all = refusing(4, 3)
    const tasks = ["a", "b", "c", "d", "e"].map((id) => all.run(id))
    expect(tasks.map((task) => task.end())).toEqual(tasks.map(() => "open"))
    await all.clock.advance("1 second")
    for (const task of tasks) expect(JSON.parse(task.end())).toMatchObject({ type: "setup" })
    expect(all.transport.refusals).toBe(4)
    expect(all.warnings).toEqual(["No more tasks can be run in a fake"])
    expect(all.causes).toEqual([expect.objectContaining({ message: expect.stringContaining(reason) })])
    expect(all.run("late").end()).toContain("setup")
  })

  it("counts once for all who ask for it meanwhile", () => {
    const all = refusing(4, 3)
    for (let n = 0; n < 10; n++) all.run(`task ${n}`)
    expect(all.transport.refusals).toBe(1)
  })

  it("is not waited for by a pool that is closed: no timer keeps the program alive", async () => {
    const all = refusing(1, 5)
    const begun = vi.spyOn(all.clock, "setTimeout")
    const ended = vi.spyOn(all.clock, "clearTimeout")
    const one = all.run("a")
    expect(begun).toHaveBeenCalled()
    await all.executor.close()
    expect(one.end()).toBe("interrupted")
    const cleared = new Set(ended.mock.calls.map(([timer]) => timer))
    expect(begun.mock.results.filter(({ value }) => !cleared.has(value))).toEqual([])
  })
})
