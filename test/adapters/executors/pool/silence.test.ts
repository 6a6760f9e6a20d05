import { beforeEach, describe, expect, it, vi } from "vitest"
import { fromWorker } from "../../../../adapters/executors/worker/envelopes.ts"
import type { FakeWorker } from "./fake-transport.ts"
import { warm, world, type World } from "./world.ts"

/** Threads know no simulated time: what they are waited for is measured by the real one, which is the test's here. */
function simulateRealTime(all: World): void {
  vi.spyOn(performance, "now").mockImplementation(() => all.clock.monotonic())
}

beforeEach(() => void vi.restoreAllMocks())

describe("a worker that does not get ready", () => {
  it("is replaced after its time, and in the end breaks the pool, however long that is", async () => {
    const all = world(1, { limit: 1 })
    simulateRealTime(all)
    const one = all.run("a")
    await all.clock.advance(29_900)
    expect(all.workers.map(({ terminated }) => terminated)).toEqual([false])
    await all.clock.advance(300)
    expect(all.workers.map(({ terminated }) => terminated)).toEqual([true])
    all.workers[0]?.exits()
    expect(all.workers).toHaveLength(2)
    expect(one.end()).toBe("open")
    await all.clock.advance(30_200)
    all.workers[1]?.exits()
    expect(one.end()).toContain("setup")
    expect(all.workers).toHaveLength(2)
    expect(all.warnings.at(-1)).toBe("No more tasks can be run in a fake")
  })
})

describe("a worker that may be importing what nobody wants any more", () => {
  async function withdrawn(): Promise<{ readonly all: World; readonly worker: FakeWorker }> {
    const all = world(1)
    simulateRealTime(all)
    const one = all.run("a")
    const [worker] = all.workers as [FakeWorker]
    worker.givesBack = true
    worker.ready()
    await all.turn()
    one.attempt.abort()
    expect(one.end()).toBe("interrupted")
    return { all, worker }
  }

  it("gets nothing else before it has passed that by", async () => {
    const { all, worker } = await withdrawn()
    all.run("b")
    await all.turn()
    expect(worker.offers).toEqual(["a"])
    worker.says([fromWorker.passed, worker.ticketOf("a")])
    await all.turn()
    expect(worker.offers).toEqual(["a", "b"])
    expect(all.workers).toHaveLength(1)
  })

  it("also when the module could not be loaded", async () => {
    const { all, worker } = await withdrawn()
    const error = { classes: ["Error"], name: "Error", message: "x", stack: "", own: {} }
    worker.says([fromWorker.unloadable, worker.ticketOf("a"), error])
    expect(worker.held).toBe(false)
    all.run("b")
    await all.turn()
    expect(worker.offers).toEqual(["a", "b"])
  })

  it("is not waited for: another one takes its place, and it is ended when it takes too long", async () => {
    const { all, worker } = await withdrawn()
    all.run("b")
    await all.clock.advance(100)
    const other = all.workers[1] as FakeWorker
    other.ready()
    await all.turn()
    expect(other.offers).toEqual(["b"])
    other.begins("b")
    expect(all.executor.stats()).toMatchObject({ workers: { passing: 1, lending: 0, busy: 1 } })
    expect(worker.terminated).toBe(false)
    await all.clock.advance(30_000)
    expect(worker.terminated).toBe(true)
    expect(other.terminated).toBe(false)
  })

  it("is replaced by no more workers than there are slots", async () => {
    const { all } = await withdrawn()
    for (let more = 0; more < 5; more++) {
      const next = all.run(`more ${more}`)
      await all.clock.advance(100)
      for (const worker of all.workers) {
        worker.givesBack = true
        worker.ready()
      }
      await all.turn()
      next.attempt.abort()
    }
    expect(all.workers).toHaveLength(2)
  })

  it("is free at once where a body of that definition has begun before", async () => {
    const all = world(1)
    const [worker] = (await warm(all, 1)) as [FakeWorker]
    worker.givesBack = true
    const one = all.run("a")
    await all.turn()
    one.attempt.abort()
    expect(worker.held).toBe(false)
  })
})
