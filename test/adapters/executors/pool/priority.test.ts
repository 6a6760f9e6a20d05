import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { FakeWorker } from "./fake-transport.ts"
import { warm, world } from "./world.ts"

const urgent = { rank: 2 }

describe("what is more important", () => {
  it("begins next: what a worker has not begun is taken back for it, and keeps its order", async () => {
    const all = world()
    const [worker] = (await warm(all, 1)) as [FakeWorker]
    worker.givesBack = true
    for (const id of ["a", "b", "c", "d"]) all.run(id)
    await all.turn()
    worker.begins("a")
    all.run("urgent", urgent)
    await all.turn()
    expect(worker.revokes).toEqual(["d", "c", "b"])
    const [, , , , , ...since] = worker.offers
    expect(since).toEqual(["urgent"])
    worker.returns("a", 0.001)
    worker.begins("urgent")
    all.run("e")
    await all.turn()
    expect(worker.offers.slice(-5)).toEqual(["urgent", "b", "c", "d", "e"])
  })

  it("begins next also where a worker takes its time to give back what it has not begun", async () => {
    const all = world()
    const [worker] = (await warm(all, 1)) as [FakeWorker]
    for (const id of ["a", "b", "c"]) all.run(id)
    await all.turn()
    worker.begins("a")
    all.run("urgent", urgent)
    await all.turn()
    expect(worker.revokes).toEqual(["c", "b"])
    worker.begins("b")
    worker.answers("c", true)
    worker.answers("b", false)
    worker.returns("b", 0.001)
    worker.begins("urgent")
    await all.turn()
    expect(worker.offers.slice(-2)).toEqual(["urgent", "c"])
  })

  it("does not wait behind a body while a hand is idle", async () => {
    const all = world(2)
    const [first, second] = (await warm(all, 2)) as [FakeWorker, FakeWorker]
    for (const worker of [first, second]) worker.givesBack = true
    all.run("a")
    all.run("b")
    await all.turn()
    const [busy, other] = first.offers.includes("a") ? [first, second] : [second, first]
    busy.begins("a")
    other.begins("b")
    for (const id of ["urgent 1", "urgent 2"]) all.run(id, urgent)
    all.run("low")
    await all.turn()
    const has = [busy, other].find((worker) => worker.offers.includes("urgent 1")) as FakeWorker
    const free = has === busy ? other : busy
    free.returns(free === busy ? "a" : "b", 0.001)
    await all.turn()
    expect(free.offers.at(-1)).toMatch(/^urgent/)
    expect([...busy.offers, ...other.offers]).not.toContain("low")
  })

  it("leaves equals where they are", async () => {
    const all = world()
    const [worker] = (await warm(all, 1)) as [FakeWorker]
    for (const id of ["a", "b", "c"]) all.run(id)
    await all.turn()
    worker.begins("a")
    all.run("d")
    await all.turn()
    expect(worker.revokes).toEqual([])
    expect(worker.offers.slice(1)).toEqual(["a", "b", "c", "d"])
  })

  it("makes the pool want it, however much of less importance it has in hand", async () => {
    const all = world()
    const [worker] = (await warm(all, 1)) as [FakeWorker]
    for (const id of ["a", "b", "c"]) all.run(id, { rank: 1 })
    await all.turn()
    worker.begins("a")
    const { executor } = all
    expect(executor.prefetch(2) - executor.prefetch(1)).toBe(2)
    expect(executor.prefetch(1)).toBe(executor.prefetch(0))
  })

  it("is wanted also where nothing is prefetched, or what waits would take the next slot before it is there", async () => {
    const all = world()
    const [worker] = (await warm(all, 1, 100)) as [FakeWorker]
    all.run("a")
    await all.turn()
    worker.begins("a")
    const slots = 1
    let inHand = 1
    expect(slots + all.executor.prefetch(0)).toBe(inHand)
    // In hand since a time when more was wanted.
    all.run("b")
    inHand++
    expect(slots + all.executor.prefetch(0)).toBeLessThan(inHand)
    expect(slots + all.executor.prefetch(2)).toBeGreaterThan(inHand)
  })

  it("is never preceded by what is less important, in any order of submissions, beginnings, ends and cancels", async () => {
    type Step = { readonly submit: number } | { readonly go: number } | { readonly cancel: number }
    const step: fc.Arbitrary<Step> = fc.oneof(
      { weight: 3, arbitrary: fc.record({ submit: fc.integer({ min: 0, max: 3 }) }) },
      { weight: 3, arbitrary: fc.record({ go: fc.nat({ max: 5 }) }) },
      { weight: 1, arbitrary: fc.record({ cancel: fc.nat({ max: 20 }) }) },
    )
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 3 }), fc.array(step, { maxLength: 60 }), async (slots, steps) => {
        const all = world(slots)
        const workers = await warm(all, 2 * slots)
        for (const worker of workers) worker.givesBack = true
        const wrong: unknown[] = []
        let waiting: { readonly id: string; readonly rank: number; abort(): void }[] = []
        const running = new Map<FakeWorker, string>()
        /** A worker ends what it runs, and begins what it has next before anybody has heard of that. */
        const go = (worker: FakeWorker): void => {
          const ran = running.get(worker)
          running.delete(worker)
          const { next } = worker
          if (next !== undefined) {
            worker.claims(next)
            running.set(worker, next)
            // What another worker has before it and need only begin does not wait for this one.
            const elsewhere = workers.filter((one) => one !== worker && !running.has(one)).map((one) => one.next)
            const [first] = waiting.filter(({ id }) => !elsewhere.includes(id)).toSorted((a, b) => b.rank - a.rank)
            const begins = waiting.find(({ id }) => id === next)
            // With several workers it is not one order among equals.
            const isRight = slots === 1 ? begins === first : begins?.rank === first?.rank
            if (!isRight) wrong.push([begins, first])
            waiting = waiting.filter((one) => one !== begins)
          }
          if (ran !== undefined) worker.returns(ran, 0.001)
          if (next !== undefined) worker.begins(next)
        }
        let serial = 0
        for (const now of steps) {
          if ("submit" in now) {
            const { attempt } = all.run(`${serial}`, { rank: now.submit })
            waiting.push({ id: `${serial++}`, rank: now.submit, abort: () => attempt.abort() })
          } else if ("go" in now) {
            go(workers[now.go % workers.length] as FakeWorker)
          } else {
            waiting.splice(now.cancel % (waiting.length || 1), 1)[0]?.abort()
          }
          await all.turn()
        }
        for (let left = steps.length; left > 0 && waiting.length + running.size > 0; left--) {
          for (const worker of workers) go(worker)
          await all.turn()
        }
        expect(wrong).toEqual([])
        expect(waiting).toEqual([])
      }),
      { numRuns: 200 },
    )
  })
})
