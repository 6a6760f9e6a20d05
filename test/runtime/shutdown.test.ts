import { createSupervisor, type TaskHandle } from "tasktor"
import { simulatedClock } from "tasktor/testing"
import { describe, expect, it } from "vitest"
import { setup } from "../support/setup.ts"
import { forEver, gate, isSettled, sleep, untilAborted } from "../support/wait.ts"

describe("settled", () => {
  it("is true at once when nothing was ever run", async () => {
    const { supervisor } = setup()
    expect(await supervisor.settled()).toBe(true)
    expect(await supervisor.settled({ timeout: 0 })).toBe(true)
  })

  it("is true once the last one has ended, those submitted meanwhile included", async () => {
    const { supervisor, clock } = setup()
    supervisor.addCoroutine(() => sleep(clock, 1000), [])
    let settled: boolean | undefined
    void supervisor.settled().then((is) => (settled = is))
    await clock.advance("500 ms")
    supervisor.addCoroutine(() => sleep(clock, 1000), [], { delay: "100 ms" })
    await clock.advance("1 second")
    expect(settled).toBeUndefined()
    await clock.advance("100 ms")
    expect(settled).toBe(true)
  })

  it("is false when its timeout comes first, and harms nothing", async () => {
    const { supervisor, clock } = setup()
    const task = supervisor.addCoroutine(() => sleep(clock, 5000), [])
    const settled = supervisor.settled({ timeout: "1 second" })
    await clock.advance("1 second")
    expect(await settled).toBe(false)
    expect(task.snapshot.status).toBe("running")
  })

  it.each([
    ["delayed", { delay: "1 hour" }],
    ["in backoff", { retry: { maxAttempts: 2, delay: "1 hour", jitter: "none" } }],
  ] as const)("counts a task that is %s as alive", async (_title, settings) => {
    const { supervisor, clock } = setup()
    supervisor.addCoroutine(() => Promise.reject(new Error("no")), [], settings)
    await clock.settle()
    expect(await isSettled(supervisor, clock)).toBe(false)
  })

  it("waits for a task that is still stopping", async () => {
    const { supervisor, clock } = setup()
    const task = supervisor.addCoroutine(() => sleep(clock, 1000), [])
    await clock.settle()
    void task.cancel()
    await clock.settle()
    expect(await isSettled(supervisor, clock)).toBe(false)
    await clock.advance("1 second")
    expect(await isSettled(supervisor, clock)).toBe(true)
  })

  it("comes after whenDone of the last one", async () => {
    const { supervisor, clock } = setup()
    const order: string[] = []
    supervisor.addCoroutine(() => 1, [], { whenDone: () => order.push("whenDone") })
    void supervisor.settled().then(() => order.push("settled"))
    await clock.settle()
    expect(order).toEqual(["whenDone", "settled"])
  })
})

describe("shutdown", () => {
  const states = (supervisor: ReturnType<typeof setup>["supervisor"]): string => supervisor.getSnapshot().state

  it("of an idle supervisor is at once", async () => {
    const { supervisor } = setup()
    expect(states(supervisor)).toBe("open")
    await supervisor.shutdown()
    expect(states(supervisor)).toBe("stopped")
  })

  it("is told to those who follow the supervisor, also where no task changes any more", async () => {
    const { supervisor, clock } = setup()
    supervisor.addCoroutine(() => sleep(clock, 1000), [], { visible: false })
    await clock.settle()
    const told: string[] = []
    supervisor.subscribe(({ state }) => told.push(state))
    const stopped = supervisor.shutdown({ drain: "1 minute" })
    await clock.advance("2 seconds")
    await stopped
    await clock.settle()
    expect(told).toEqual(["draining", "stopped"])
  })

  it("that somebody asks for who is told of an end by it is the same one", async () => {
    const { supervisor, clock } = setup({ concurrency: { coroutine: 1 } })
    const asked: Promise<void>[] = []
    supervisor.addCoroutine(() => sleep(clock, 1000), [])
    supervisor.addCoroutine(() => 1, [], { whenDone: () => asked.push(supervisor.shutdown({ drain: "1 hour" })) })
    await clock.settle()
    const stopped = supervisor.shutdown({ drain: "1 minute" })
    await clock.advance("2 seconds")
    await Promise.all([stopped, ...asked])
    expect(asked).toHaveLength(1)
    // None of them keeps the program alive.
    expect(supervisor.inspect.stats()["timers"]).toBe(0)
  })

  it("is shortened also by one that is asked for while the first one tells of an end", async () => {
    const { supervisor, clock } = setup({ concurrency: { coroutine: 1 } })
    const slow = supervisor.addCoroutine(untilAborted, [])
    supervisor.addCoroutine(() => 1, [], { whenDone: () => void supervisor.shutdown() })
    await clock.settle()
    const stopped = supervisor.shutdown({ drain: Number.POSITIVE_INFINITY })
    await clock.settle()
    await stopped
    expect(slow.snapshot.status).toBe("cancelled")
  })

  it("cancels what runs and what waits", async () => {
    const { supervisor, clock } = setup({ concurrency: { coroutine: 1 } })
    let ran = false
    const running = supervisor.addCoroutine(untilAborted, [])
    const waiting = supervisor.addCoroutine(() => void (ran = true), [])
    const delayed = supervisor.addCoroutine(() => void (ran = true), [], { delay: "1 hour" })
    await clock.settle()
    const stopped = supervisor.shutdown()
    await clock.settle()
    await stopped
    for (const { snapshot } of [running, waiting, delayed]) {
      expect(snapshot.outcome).toEqual({ status: "cancelled", reason: { type: "shutdown" } })
    }
    expect(ran).toBe(false)
    expect(await isSettled(supervisor, clock)).toBe(true)
  })

  it("lets the running finish for `drain`, and starts nothing more", async () => {
    const { supervisor, clock } = setup({ concurrency: { coroutine: 2 } })
    const quick = supervisor.addCoroutine(() => sleep(clock, 1000), [])
    const slow = supervisor.addCoroutine(untilAborted, [])
    const waiting = supervisor.addCoroutine(() => 1, [])
    await clock.settle()
    const began = clock.now()
    const stopped = supervisor.shutdown({ drain: "5 seconds" })
    await clock.advance("4999 ms")
    expect(states(supervisor)).toBe("draining")
    expect([quick.snapshot.status, slow.snapshot.status]).toEqual(["completed", "running"])
    await clock.advance("1 ms")
    await stopped
    expect(slow.snapshot).toMatchObject({ status: "cancelled", settledAt: began + 5000 })
    expect(waiting.snapshot).toMatchObject({ status: "cancelled", attempt: 0 })
    expect(states(supervisor)).toBe("stopped")
  })

  it("does not wait for the end of the drain when nothing runs any more", async () => {
    const { supervisor, clock } = setup()
    supervisor.addCoroutine(() => sleep(clock, 1000), [])
    await clock.settle()
    const began = clock.now()
    let stoppedAt: number | undefined
    void supervisor.shutdown({ drain: "1 hour" }).then(() => (stoppedAt = clock.now()))
    await clock.advance("1 minute")
    expect(stoppedAt).toBe(began + 1000)
  })

  it("is stopping while it waits for those that hear nothing, for `grace` and no longer", async () => {
    const { supervisor, clock } = setup()
    const task = supervisor.addCoroutine(forEver, [], { grace: "1 hour" })
    await clock.settle()
    const began = clock.now()
    const stopped = supervisor.shutdown({ grace: "3 seconds" })
    await clock.advance("2999 ms")
    expect([states(supervisor), task.snapshot.phase]).toEqual(["stopping", "cancelling"])
    await clock.advance("1 ms")
    await stopped
    expect(task.snapshot).toMatchObject({ status: "cancelled", settledAt: began + 3000 })
    expect(states(supervisor)).toBe("stopped")
  })

  it("waits each task's own grace period when it gives none", async () => {
    const { supervisor, clock } = setup()
    const task = supervisor.addCoroutine(forEver, [], { grace: "7 seconds" })
    await clock.settle()
    const began = clock.now()
    const stopped = supervisor.shutdown()
    await clock.advance("1 minute")
    await stopped
    expect(task.snapshot.settledAt).toBe(began + 7000)
  })

  it("may be asked for twice, and the second may only shorten it", async () => {
    const { supervisor, clock } = setup()
    supervisor.addCoroutine(untilAborted, [])
    await clock.settle()
    const began = clock.now()
    const ends: number[] = []
    void supervisor.shutdown({ drain: "10 seconds" }).then(() => ends.push(clock.now() - began))
    await clock.advance("1 second")
    void supervisor.shutdown({ drain: "1 hour" }).then(() => ends.push(clock.now() - began))
    await clock.advance("1 second")
    expect(states(supervisor)).toBe("draining")
    void supervisor.shutdown().then(() => ends.push(clock.now() - began))
    await clock.settle()
    expect(ends).toEqual([2000, 2000, 2000])
    await supervisor.shutdown()
    expect(states(supervisor)).toBe("stopped")
  })

  it("cancels a retry that would come in the drain", async () => {
    const { supervisor, clock } = setup()
    const retry = { maxAttempts: 2, delay: "1 second", jitter: "none" } as const
    const task = supervisor.addCoroutine(() => Promise.reject(new Error("no")), [], { retry })
    await clock.settle()
    const stopped = supervisor.shutdown({ drain: "1 minute" })
    await clock.advance("1 hour")
    await stopped
    expect(task.snapshot).toMatchObject({ status: "cancelled", attempt: 1 })
  })

  it.each(["draining", "stopped"])(
    "admits nothing when %s: a task that comes then is cancelled, and never runs",
    async (state) => {
      const { supervisor, clock } = setup()
      const ends = gate()
      supervisor.addCoroutine(() => ends.opened, [])
      await clock.settle()
      const stopped = supervisor.shutdown({ drain: "1 minute" })
      if (state === "stopped") ends.open()
      await clock.settle()
      expect(states(supervisor)).toBe(state)
      let ran = false
      const late = supervisor.addCoroutine(() => void (ran = true), [])
      await clock.settle()
      expect(late.snapshot.outcome).toEqual({ status: "cancelled", reason: { type: "shutdown" } })
      ends.open()
      await clock.advance("1 minute")
      await stopped
      expect(ran).toBe(false)
    },
  )

  it("may be shortened by a second one that gives less time to drain", async () => {
    const { supervisor, clock } = setup()
    const task = supervisor.addCoroutine(untilAborted, [])
    await clock.settle()
    const began = clock.now()
    const first = supervisor.shutdown({ drain: "10 minutes" })
    await clock.advance("1 second")
    const second = supervisor.shutdown({ drain: "4 seconds" })
    await clock.advance("1 hour")
    await Promise.all([first, second])
    expect(task.snapshot.settledAt).toBe(began + 5000)
  })

  it("may be shortened by a second one that gives less grace", async () => {
    const { supervisor, clock } = setup()
    const task = supervisor.addCoroutine(forEver, [], { grace: "1 hour" })
    await clock.settle()
    const began = clock.now()
    const first = supervisor.shutdown()
    await clock.advance("1 second")
    const second = supervisor.shutdown({ grace: "2 seconds" })
    await clock.advance("1 minute")
    await Promise.all([first, second])
    expect(task.snapshot.settledAt).toBeLessThanOrEqual(began + 3000)
  })

  it("leaves what has settled readable", async () => {
    const { supervisor, clock } = setup()
    const task = supervisor.addCoroutine(() => "kept", [])
    await clock.settle()
    await supervisor.shutdown()
    expect(await supervisor.get(task.id).result()).toBe("kept")
    expect(supervisor.getSnapshot().counts.completed).toBe(1)
  })

  it("calls whenDone of everything, once", async () => {
    const { supervisor, clock } = setup({ concurrency: { coroutine: 2 } })
    const done: string[] = []
    const whenDone = (task: TaskHandle): void => void done.push(task.id)
    const tasks = [untilAborted, forEver, untilAborted].map((body) => supervisor.addCoroutine(body, [], { whenDone }))
    await clock.settle()
    const stopped = supervisor.shutdown()
    await clock.advance("1 minute")
    await stopped
    expect(done.toSorted()).toEqual(tasks.map(({ id }) => id).toSorted())
  })

  it("is what `await using` does", async () => {
    const clock = simulatedClock()
    let outer: ReturnType<typeof createSupervisor>
    let task: TaskHandle
    {
      await using supervisor = createSupervisor({ clock })
      outer = supervisor
      task = supervisor.addCoroutine(untilAborted, [])
      await clock.settle()
    }
    expect(states(outer)).toBe("stopped")
    expect(task.snapshot.status).toBe("cancelled")
  })
})
