import type { Attempt } from "tasktor"
import { describe, expect, it } from "vitest"
import type { FakeWorker } from "./fake-transport.ts"
import { warm, world, type World } from "./world.ts"

const slots = 2
const child = { rank: 1 }

function living(all: World): readonly FakeWorker[] {
  return all.workers.filter((worker) => !worker.stopped)
}

/** Begins a body in whichever worker has it, which may have to be started. */
async function begin(all: World, id: string): Promise<FakeWorker> {
  for (const worker of all.workers) {
    worker.givesBack = true
    worker.ready()
  }
  await all.turn()
  const worker = all.workers.find(({ next }) => next === id) as FakeWorker
  worker.begins(id)
  return worker
}

describe("bodies that wait for their children", () => {
  it("cost a worker each, and no more: never more workers than slots and bodies that wait", async () => {
    const all = world(slots)
    const parents = []
    for (let waiting = 0; waiting < 6; waiting++) {
      const parent = all.run(`parent ${waiting}`)
      parents.push({ parent, worker: await begin(all, `parent ${waiting}`) })
      for (let n = 0; n < 3; n++) all.run(`child ${waiting}.${n}`, child)
      expect(all.workers.length).toBeLessThanOrEqual(slots + waiting)
      all.executor.lend(parent.attempt as unknown as Attempt, true)
      expect(all.workers.length).toBeLessThanOrEqual(slots + waiting + 1)
      for (let n = 0; n < 3; n++) {
        const worker = await begin(all, `child ${waiting}.${n}`)
        worker.returns(`child ${waiting}.${n}`)
      }
    }
    expect(all.executor.stats()).toMatchObject({ workers: { lending: 6 } })
    for (const { parent, worker } of parents) {
      all.executor.lend(parent.attempt as unknown as Attempt, false)
      worker.returns(parent.attempt.id)
    }
    await all.turn()
    // What is kept for the next time is no more than this.
    expect(living(all)).toHaveLength(2 * slots)
  })

  it("do not pile up: their children begin before others like them, which are taken back for that", async () => {
    const all = world()
    const [worker] = (await warm(all, 1)) as [FakeWorker]
    worker.givesBack = true
    const parent = all.run("parent")
    for (const id of ["other 1", "other 2"]) all.run(id)
    await all.turn()
    worker.begins("parent")
    all.run("child", child)
    all.executor.lend(parent.attempt as unknown as Attempt, true)
    const extra = all.workers[1] as FakeWorker
    extra.ready()
    await all.turn()
    expect(extra.offers[0]).toBe("child")
  })

  it("do not cost a worker each time: those that are idle meanwhile are kept, as long as there is work", async () => {
    const all = world(1)
    const begun = []
    for (let waiting = 0; waiting < 4; waiting++) {
      const parent = all.run(`parent ${waiting}`)
      begun.push({ parent, worker: await begin(all, `parent ${waiting}`) })
      all.executor.lend(parent.attempt as unknown as Attempt, true)
    }
    const holder = all.run("holder")
    const busy = await begin(all, "holder")
    for (const { parent, worker } of begun.slice(1)) {
      all.executor.lend(parent.attempt as unknown as Attempt, false)
      worker.returns(parent.attempt.id)
    }
    await all.turn()
    expect(living(all)).toHaveLength(5)
    await all.clock.advance("2 seconds")
    busy.returns("holder")
    await all.turn()
    expect(holder.end()).toBe("output of holder")
    expect(living(all)).toHaveLength(3)
  })
})
