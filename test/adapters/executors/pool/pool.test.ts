import { type Attempt, defineTask } from "tasktor"
import { describe, expect, it, onTestFinished, vi } from "vitest"
import { fromWorker } from "../../../../adapters/executors/worker/envelopes.ts"
import type { FakeWorker } from "./fake-transport.ts"
import { type Running, warm, work, world, type World } from "./world.ts"

const other = defineTask({ name: "other", module: "file:///pooled.js", run: () => 1 })

describe("the pool", () => {
  it("starts a worker when there is work, and lets the program go when there is none", async () => {
    const { run, workers, turn } = world()
    const one = run("a")
    expect(workers).toHaveLength(1)
    const [worker] = workers as [FakeWorker]
    expect(worker.held).toBe(true)
    worker.ready()
    await turn()
    worker.begins("a")
    worker.returns("a")
    expect(one.end()).toBe("output of a")
    expect(one.attempt.notes).toEqual(["started"])
    expect(worker.held).toBe(false)
  })

  it("does not keep the program for an idle worker that has died", async () => {
    const [worker] = (await warm(world(), 1)) as [FakeWorker]
    expect(worker.held).toBe(false)
    worker.exits({ signal: "SIGKILL" })
    expect(worker.held).toBe(false)
  })

  it("drops what is aborted before any worker has it", () => {
    const { run } = world()
    const one = run("a")
    one.attempt.abort()
    expect(one.end()).toBe("interrupted")
    expect(one.attempt.notes).toEqual([])
  })

  describe("taking back what a worker has not begun", () => {
    it("ends by interruption when it was in time", async () => {
      const all = world()
      const [worker] = (await warm(all, 1)) as [FakeWorker]
      const one = all.run("a")
      await all.turn()
      one.attempt.abort()
      expect(worker.revokes).toEqual(["a"])
      expect(one.end()).toBe("open")
      worker.answers("a", true)
      expect(one.end()).toBe("interrupted")
      expect(one.attempt.notes).toEqual([])
      expect(worker.held).toBe(false)
    })

    it("becomes an abort when it was too late", async () => {
      const all = world()
      const [worker] = (await warm(all, 1)) as [FakeWorker]
      const one = all.run("a")
      await all.turn()
      one.attempt.abort()
      worker.answers("a", false)
      expect(worker.aborts).toEqual(["a"])
      worker.begins("a")
      worker.returns("a")
      expect(one.end()).toBe("output of a")
    })

    it("becomes an abort when the body is heard of before the answer, once", async () => {
      const all = world()
      const [worker] = (await warm(all, 1)) as [FakeWorker]
      const one = all.run("a")
      await all.turn()
      one.attempt.abort()
      worker.begins("a")
      worker.answers("a", false)
      expect(worker.aborts).toEqual(["a"])
      expect(one.attempt.notes).toEqual(["started"])
    })

    it("becomes a kill when that was asked for", async () => {
      const all = world()
      const [worker] = (await warm(all, 1)) as [FakeWorker]
      const one = all.run("a")
      await all.turn()
      one.fiber.interruptUnsafe()
      worker.begins("a")
      expect(worker.terminated).toBe(true)
      expect(one.end()).toBe("open")
      worker.exits({ signal: "SIGKILL" })
      expect(one.end()).toBe("interrupted")
      expect(one.attempt.notes).toEqual(["started"])
    })

    describe("becomes a kill", () => {
      /** Its body runs in the only worker, and `b` behind it is to be taken back by force. */
      async function forced(): Promise<{ readonly a: Running; readonly b: Running; readonly worker: FakeWorker }> {
        const all = world()
        const [worker] = (await warm(all, 1)) as [FakeWorker]
        const [a, b] = [all.run("a"), all.run("b")]
        await all.turn()
        worker.begins("a")
        b.attempt.abort()
        b.fiber.interruptUnsafe()
        return { a, b, worker }
      }

      it("not of its neighbour, when the worker gives it back", async () => {
        const { a, b, worker } = await forced()
        expect(worker.terminated).toBe(false)
        worker.answers("b", true)
        await Promise.resolve()
        expect(b.end()).toBe("interrupted")
        worker.returns("a")
        expect(a.end()).toBe("output of a")
      })

      it("when the worker does not say for a second whether it gives it back", async () => {
        vi.useFakeTimers()
        onTestFinished(() => void vi.useRealTimers())
        const { b, worker } = await forced()
        vi.advanceTimersByTime(900)
        expect(worker.terminated).toBe(false)
        vi.advanceTimersByTime(200)
        expect(worker.terminated).toBe(true)
        expect(b.end()).toBe("open")
      })
    })

    it.each(["abort", "kill"] as const)(
      "is settled by the worker's death, also where it was too late and became an %s",
      async (how) => {
        const all = world()
        const [worker] = (await warm(all, 1)) as [FakeWorker]
        const one = all.run("a")
        await all.turn()
        worker.claims("a")
        if (how === "abort") one.attempt.abort()
        else one.fiber.interruptUnsafe()
        worker.answers("a", false)
        worker.exits({ signal: "SIGKILL" })
        await all.turn()
        expect(one.end()).toBe("interrupted")
        all.workers.at(-1)?.ready()
        await all.turn()
        expect(all.workers.flatMap(({ offers }) => offers)).toEqual(["warm 0", "a"])
      },
    )

    it("is settled by the worker's death", async () => {
      const all = world(2)
      const [worker] = (await warm(all, 1)) as [FakeWorker]
      const aborted = all.run("a")
      const waiting = all.run("b")
      await all.turn()
      aborted.attempt.abort()
      worker.exits()
      expect(aborted.end()).toBe("interrupted")
      expect(waiting.end()).toBe("open")
    })
  })

  it("tells that a body which is ended by force is gone when its worker is, whatever that says meanwhile", async () => {
    const all = world()
    const [worker] = (await warm(all, 1)) as [FakeWorker]
    const one = all.run("a")
    await all.turn()
    worker.begins("a")
    one.fiber.interruptUnsafe()
    worker.says([fromWorker.uncaught, { classes: ["Error"], name: "Error", message: "x", stack: "", own: {} }])
    await all.turn()
    expect(one.end()).toBe("open")
    worker.exits()
    await all.turn()
    expect(one.end()).toBe("interrupted")
  })

  it("fails a body of which nobody can read what it has sent when its worker is gone, whatever that says meanwhile", async () => {
    const all = world()
    const [worker] = (await warm(all, 1)) as [FakeWorker]
    const [one, behind] = [all.run("a"), all.run("behind")]
    await all.turn()
    worker.begins("a")
    worker.saysNonsense()
    worker.returns("a")
    worker.begins("behind")
    await all.turn()
    expect(worker.terminated).toBe(true)
    expect(one.end()).toBe("open")
    worker.exits()
    await all.turn()
    expect(one.end()).toBe('{"type":"serialization","side":"output"}')
    // It is in no other worker, though it is unknown how far it came.
    expect(behind.end()).toContain("crash")
    const next = all.run("next")
    all.workers.at(-1)?.ready()
    await all.turn()
    all.workers.at(-1)?.begins("next")
    all.workers.at(-1)?.returns("next")
    expect(next.end()).toBe("output of next")
    expect(all.workers.flatMap(({ offers }) => offers)).toEqual(["warm 0", "a", "behind", "next"])
  })

  it("hands out nothing again that has begun, however many of its messages cannot be read", async () => {
    const all = world()
    const [worker] = (await warm(all, 1)) as [FakeWorker]
    const tasks = ["a", "b", "c", "d"].map((id) => all.run(id))
    await all.turn()
    for (const id of ["a", "b"]) {
      worker.begins(id)
      worker.saysNonsense()
    }
    worker.begins("c")
    worker.exits()
    await all.turn()
    expect(tasks.map((task) => JSON.parse(task.end().replace("open", "{}")) as unknown)).toMatchObject([
      { type: "serialization", side: "output" },
      { type: "serialization", side: "output" },
      { type: "crash" },
      {},
    ])
    const second = all.workers.at(-1) as FakeWorker
    second.ready()
    await all.turn()
    expect(second.offers).toEqual(["d"])
    second.begins("d")
    second.returns("d")
    expect(tasks[3]?.end()).toBe("output of d")
  })

  it("needs less proof against a definition whose last attempt has cost workers before it could begin", async () => {
    const all = world()
    const tasks = Array.from({ length: 4 }, (_, index) => all.run(`${index}`))
    const ends = (): number => tasks.filter((task) => task.end() !== "open").length
    const counts: number[] = []
    for (let deaths = 0; deaths < 5; deaths++) {
      const worker = all.workers.at(-1) as FakeWorker
      worker.ready()
      await all.turn()
      worker.exits()
      await all.turn()
      counts.push(ends())
    }
    expect(counts).toEqual([0, 1, 2, 3, 4])
  })

  it("does not blame what is about to begin, where other bodies have run, before it has cost many workers", async () => {
    const all = world()
    await warm(all, 1)
    const unproven = all.run("unproven", { definition: other as unknown as Attempt["definition"] })
    const die = async (): Promise<void> => {
      await all.turn()
      const worker = all.workers.at(-1) as FakeWorker
      expect(worker.next).toBe("unproven")
      worker.exits()
    }
    await die()
    for (let deaths = 2; deaths < 5; deaths++) {
      const before = all.run(`before ${deaths}`, { rank: 1 })
      const worker = all.workers.at(-1) as FakeWorker
      worker.ready()
      await all.turn()
      worker.begins(`before ${deaths}`)
      worker.returns(`before ${deaths}`)
      expect(before.end()).toBe(`output of before ${deaths}`)
      await die()
      expect(unproven.end()).toBe("open")
    }
  })

  it("gives what a dead worker had not begun to the next one, in its order, and fails only what it ran", async () => {
    const all = world()
    const [worker] = (await warm(all, 1)) as [FakeWorker]
    const running = all.run("a")
    const waiting = [all.run("b"), all.run("c")]
    await all.turn()
    expect(worker.offers.slice(1)).toEqual(["a", "b", "c"])
    worker.begins("a")
    worker.exits({ exitCode: 7 })
    expect(JSON.parse(running.end())).toEqual({ type: "crash", exitCode: 7 })
    const next = all.workers[1] as FakeWorker
    next.ready()
    await all.turn()
    expect(next.offers).toEqual(["b", "c"])
    expect(waiting.map((one) => one.end())).toEqual(["open", "open"])
  })

  it("prefetches nothing behind what it does not know, nor behind what takes long", async () => {
    const all = world()
    const [worker] = (await warm(all, 1, 100)) as [FakeWorker]
    for (const id of ["a", "b"]) all.run(id)
    await all.turn()
    expect(worker.offers.slice(1)).toEqual(["a"])
    worker.begins("a")
    await all.turn()
    expect(worker.offers.slice(1)).toEqual(["a"])
  })

  it("takes back what waits behind a body that turns out to be long, as soon as another worker is idle", async () => {
    const all = world(2)
    const workers = await warm(all, 4)
    all.run("long")
    await all.turn()
    const long = workers.find((worker) => worker.offers.includes("long")) as FakeWorker
    const idle = workers.find((worker) => worker !== long) as FakeWorker
    long.begins("long")
    const others = Array.from({ length: 9 }, (_, index) => all.run(`short ${index}`))
    await all.turn()
    const behind = long.offers.slice(long.offers.indexOf("long") + 1)
    expect(behind.length).toBeGreaterThan(0)
    for (let asked = 0; all.ended.size < 4 + others.length; asked = long.revokes.length) {
      await work(all, [idle], 0.001)
      await all.clock.advance("3 ms")
      for (const id of long.revokes.slice(asked)) long.answers(id, true)
      await all.turn()
    }
    expect(idle.offers).toEqual(expect.arrayContaining(behind))
    expect(others.map((one) => one.end())).toEqual(others.map((_, index) => `output of short ${index}`))
  })

  it("takes another worker for the child that a body waits for", async () => {
    const all = world()
    const [worker] = (await warm(all, 1)) as [FakeWorker]
    const parent = all.run("parent")
    await all.turn()
    worker.begins("parent")
    const child = all.run("child")
    await all.turn()
    all.executor.lend(parent.attempt as unknown as Attempt, true)
    if (worker.offers.includes("child")) worker.answers("child", true)
    expect(all.workers).toHaveLength(2)
    const extra = all.workers[1] as FakeWorker
    extra.ready()
    await all.turn()
    expect(extra.offers).toEqual(["child"])
    extra.begins("child")
    extra.returns("child")
    expect(child.end()).toBe("output of child")
    all.executor.lend(parent.attempt as unknown as Attempt, false)
    worker.returns("parent")
    expect(parent.end()).toBe("output of parent")
  })

  it("replaces a worker after its number of tasks", async () => {
    const all = world(1, { tasks: 2 })
    const [worker] = (await warm(all, 2)) as [FakeWorker]
    expect(worker.stopped).toBe(true)
    all.run("a")
    await all.turn()
    expect(worker.offers).not.toContain("a")
    expect(all.workers).toHaveLength(2)
  })

  it("replaces an idle worker that uses too much memory", async () => {
    const all = world()
    const [worker] = (await warm(all, 1)) as [FakeWorker]
    worker.says([fromWorker.memory, 1001])
    await all.turn()
    expect(worker.stopped).toBe(true)
  })

  describe("the successor of a worker whose body ignores its abort", () => {
    /** The body of `a` runs in the only worker, and is told to end. */
    async function deaf(pending: number): Promise<World & { readonly a: Running; readonly first: FakeWorker }> {
      const all = world()
      const [first] = (await warm(all, 1, 100)) as [FakeWorker]
      const a = all.run("a")
      await all.turn()
      first.begins("a")
      all.pending = pending
      a.attempt.abort()
      return { ...all, a, first }
    }

    it("is started with the kill, when somebody waits, and not when the old one is gone", async () => {
      const { a, run, workers, first } = await deaf(0)
      run("b")
      expect(workers).toHaveLength(1)
      a.fiber.interruptUnsafe()
      expect(first.terminated).toBe(true)
      expect(workers).toHaveLength(2)
    })

    it("is started with the kill for somebody who waits for a key, too", async () => {
      const { a, workers } = await deaf(1)
      a.fiber.interruptUnsafe()
      expect(workers).toHaveLength(2)
    })

    it("is not started when nobody waits", async () => {
      const { a, clock, workers, first } = await deaf(0)
      await clock.advance("10 seconds")
      a.fiber.interruptUnsafe()
      first.exits({ signal: "SIGKILL" })
      expect(workers).toHaveLength(1)
    })

    it("is made ready in the grace period, and works as soon as the slot is free", async () => {
      const { a, run, clock, turn, workers, first } = await deaf(1)
      const b = run("b")
      await clock.advance("100 ms")
      expect(workers).toHaveLength(2)
      const next = workers[1] as FakeWorker
      next.ready()
      await clock.advance("10 seconds")
      expect(next.prepares).toEqual(["pooled"])
      expect(next.offers).toEqual([])
      expect(workers).toHaveLength(2)
      a.fiber.interruptUnsafe()
      await turn()
      expect(next.offers).toEqual(["b"])
      next.begins("b")
      next.returns("b")
      expect(b.end()).toBe("output of b")
      first.exits({ signal: "SIGKILL" })
      expect(a.end()).toBe("interrupted")
      expect(workers.map((worker) => worker.stopped)).toEqual([false, false])
    })

    it("is not started while a body may be about to answer", async () => {
      const { clock, workers, first } = await deaf(1)
      await clock.advance("30 ms")
      first.returns("a")
      await clock.advance("1 second")
      expect(workers).toHaveLength(1)
    })

    it.each([{ isReady: true }, { isReady: false }])(
      "is one too many when the body answers late, and one of them is let go: $isReady",
      async ({ isReady }) => {
        const { clock, turn, workers, first } = await deaf(1)
        await clock.advance("100 ms")
        const next = workers[1] as FakeWorker
        if (isReady) next.ready()
        first.returns("a")
        if (!isReady) next.ready()
        await turn()
        expect([first.stopped, next.stopped].filter(Boolean)).toEqual([true])
      },
    )

    it("is not charged to the restarts, and ends with the pool", async () => {
      const { clock, executor, workers, warnings, first } = await deaf(1)
      await clock.advance("100 ms")
      const closed = executor.close()
      expect(workers.map((worker) => worker.terminated)).toEqual([true, true])
      for (const worker of workers) worker.exits({ exitCode: 1 })
      await closed
      expect(first.terminated).toBe(true)
      expect(warnings).toEqual([])
      expect(workers).toHaveLength(2)
    })
  })

  it("gives up when too many workers die before they are ready, and only then", async () => {
    const all = world(1, { limit: 1 })
    const one = all.run("a")
    all.workers[0]?.exits({ exitCode: 3 })
    expect(one.end()).toBe("open")
    await all.clock.advance("2 seconds")
    all.workers[1]?.exits({ exitCode: 3 })
    expect(one.end()).toBe("open")
    all.workers[2]?.exits({ exitCode: 3 })
    expect(one.end()).toContain("setup")
    expect(all.workers).toHaveLength(3)
    expect(all.run("b").end()).toContain("setup")
    expect(all.warnings).toEqual(["No more tasks can be run in a fake"])
  })

  it("says so when a worker throws without a task, and takes another one", async () => {
    const all = world()
    const [worker] = (await warm(all, 1)) as [FakeWorker]
    worker.says([fromWorker.uncaught, { classes: ["Error"], name: "Error", message: "x", stack: "", own: {} }])
    worker.exits()
    expect(all.warnings).toHaveLength(1)
    all.run("a")
    expect(all.workers).toHaveLength(2)
  })

  it("hands out again, once, what a worker may not have been able to read: something else may have been", async () => {
    const all = world()
    const error = { classes: ["RangeError"], name: "RangeError", message: "too deep", stack: "", own: {} }
    const [first] = (await warm(all, 1)) as [FakeWorker]
    const one = all.run("a")
    await all.turn()
    first.says([fromWorker.unread, 1, error])
    first.answers("a", true)
    expect(one.end()).toBe("open")
    const second = all.workers.at(-1)
    expect(second).not.toBe(first)
    second?.ready()
    await all.turn()
    second?.says([fromWorker.unread, 0, error])
    expect(one.end()).toContain("serialization")
  })

  it("tells each worker of each definition once", async () => {
    const all = world()
    await warm(all, 1)
    all.run("a", { definition: other as unknown as Attempt["definition"] })
    await all.turn()
    expect(all.executor.stats()).toMatchObject({ tasks: 1, workers: { busy: 1 } })
  })

  it("ends everything when it is closed", async () => {
    const all = world(1)
    const [worker] = (await warm(all, 1, 100)) as [FakeWorker]
    const running = all.run("a")
    const waiting = all.run("b")
    await all.turn()
    worker.begins("a")
    const closed = all.executor.close()
    expect(waiting.end()).toBe("interrupted")
    expect(worker.terminated).toBe(true)
    worker.exits({ signal: "SIGKILL" })
    await closed
    expect(JSON.parse(running.end())).toEqual({ type: "crash", signal: "SIGKILL" })
    expect(all.run("c").end()).toBe("interrupted")
  })
})
