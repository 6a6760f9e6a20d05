import { defineTask, every, memoryStore, type ScheduleOptions } from "tasktor"
import { describe, expect, it } from "vitest"
import { notingTask } from "../../support/schedules.ts"
import { setup } from "../../support/setup.ts"
import { forEver, sleep, untilAborted } from "../../support/wait.ts"

/** A schedule every 10 seconds with a body that takes 25: what has begun in a minute and a half, and how many at once. */
async function slowBody(options: ScheduleOptions) {
  const { supervisor, clock } = setup()
  const { note, slots, mostAtOnce } = notingTask(clock, 25_000)
  const ends: string[] = []
  supervisor.schedules.add("slow", every("10 seconds"), note(), {
    ...options,
    whenDone: ({ snapshot: { outcome } }) =>
      ends.push(outcome?.status === "cancelled" ? outcome.reason.type : (outcome?.status ?? "")),
  })
  await clock.advance("90 seconds")
  return { supervisor, clock, ends, most: mostAtOnce(), begun: slots.map((slot) => slot.slice(14)) }
}

describe("a slot that comes while the last one's task is alive", () => {
  it("skip: is left out", async () => {
    const { begun, most, supervisor } = await slowBody({})
    expect(begun).toEqual(["00:10", "00:40", "01:10"])
    expect(most).toBe(1)
    expect(supervisor.schedules.list()).toMatchObject([{ runs: 3 }])
  })

  it("queue: runs afterwards, in its order", async () => {
    const { begun, most, supervisor } = await slowBody({ overlap: "queue" })
    expect(begun).toEqual(["00:10", "00:20", "00:30", "00:40"])
    expect(most).toBe(1)
    expect(supervisor.schedules.list()).toMatchObject([{ runs: 9 }])
  })

  it("allow: runs beside", async () => {
    const { begun, most } = await slowBody({ overlap: "allow" })
    expect(begun).toHaveLength(9)
    expect(most).toBe(3)
  })

  it("cancel-previous: cancels that one", async () => {
    const { begun, most, ends } = await slowBody({ overlap: "cancel-previous" })
    expect(begun).toHaveLength(9)
    expect(most).toBe(1)
    expect(ends).toEqual(Array(8).fill("replaced"))
  })

  it("cancel-previous: begins when that one has really ended", async () => {
    const { supervisor, clock } = setup()
    const begun: number[] = []
    const start = clock.now()
    const stubborn = defineTask({
      name: "stubborn",
      run: () => {
        begun.push(clock.now() - start)
        return sleep(clock, 14_000)
      },
    })
    supervisor.schedules.add("stubborn", every("10 seconds"), stubborn(), {
      overlap: "cancel-previous",
      grace: "1 minute",
      limit: 2,
    })
    await clock.advance("1 minute")
    expect(begun).toEqual([10_000, 24_000])
  })

  it("skip: is left out while another attempt is waited for", async () => {
    const { supervisor, clock } = setup()
    const begun: string[] = []
    const flaky = defineTask({
      name: "flaky",
      run: (ctx) => {
        begun.push(`${ctx.scheduledFor?.toISOString().slice(17, 19)}.${ctx.attempt}`)
        throw new Error("no")
      },
    })
    const retry = { maxAttempts: 2, delay: "15 seconds", jitter: "none" } as const
    supervisor.schedules.add("flaky", every("10 seconds"), flaky(), { retry })
    await clock.advance("35 seconds")
    expect(begun).toEqual(["10.1", "10.2", "30.1"])
  })

  it("is honoured under a key of the user's own", async () => {
    const { supervisor, clock } = setup()
    const { note, slots } = notingTask(clock)
    supervisor.addCoroutine(() => sleep(clock, 15_000), [], { key: "mine" })
    supervisor.schedules.add("pulse", every("10 seconds"), note(), { key: "mine", overlap: "queue", limit: 1 })
    await clock.advance("14 seconds")
    expect(slots).toEqual([])
    await clock.advance("1 second")
    expect(slots).toHaveLength(1)
  })

  it("does not wait for a task that was abandoned", async () => {
    const { supervisor, clock } = setup()
    const deaf = defineTask({ name: "deaf", run: forEver })
    supervisor.schedules.add("deaf", every("10 seconds"), deaf(), { timeout: { hard: "5 seconds" } })
    await clock.advance("35 seconds")
    expect(supervisor.schedules.list()).toMatchObject([{ runs: 3 }])
  })
})

describe("skip, while a task that no slot has begun here holds the schedule's key", () => {
  it("leaves alone what was submitted again, and tells its callbacks of its own tasks only", async () => {
    const { supervisor, clock } = setup({ store: memoryStore(), defaults: { retry: { maxAttempts: 1 } } })
    let isBroken = true
    const report = defineTask({
      name: "report",
      run: async () => {
        if (isBroken) throw new Error("broken")
        await sleep(clock, 150 * 60_000)
      },
    })
    const done: string[] = []
    supervisor.schedules.add("hourly", every("1 hour"), report(), { whenDone: ({ id }) => done.push(id) })
    await clock.advance("1.5 hours")
    const [failed] = (await supervisor.history.deadLetters()).tasks
    isBroken = false
    const again = await supervisor.history.resubmit(failed?.id ?? "")
    await clock.advance("2 hours")
    expect(again.snapshot.status).toBe("running")
    expect(supervisor.schedules.list()).toMatchObject([{ runs: 1, lastTask: failed?.id }])
    await clock.advance("5 hours")
    expect(again.snapshot.status).toBe("completed")
    const { tasks } = await supervisor.history.list({ schedule: "hourly", sort: "oldest" })
    expect(tasks.map(({ status }) => status)).toEqual(["failed", "completed", "running"])
    expect(done).toEqual(tasks.slice(0, 2).map(({ id }) => id))
  })

  it("does so under a key of the user's own as well", async () => {
    const { supervisor, clock } = setup()
    const { note, slots } = notingTask(clock)
    const mine = supervisor.addCoroutine(() => sleep(clock, 15_000), [], { key: "mine" })
    supervisor.schedules.add("pulse", every("10 seconds"), note(), { key: "mine" })
    await clock.advance("20 seconds")
    expect(mine.snapshot.status).toBe("completed")
    expect(slots.map((slot) => slot.slice(17))).toEqual(["20"])
  })

  it("does what the user says of a key of their own", async () => {
    const { supervisor, clock } = setup()
    const { note } = notingTask(clock)
    const mine = supervisor.addCoroutine(untilAborted, [], { key: "mine" })
    supervisor.schedules.add("pulse", every("10 seconds"), note(), { key: "mine", onConflict: "replace" })
    await clock.advance("10 seconds")
    expect(mine.snapshot.outcome).toMatchObject({ status: "cancelled", reason: { type: "replaced" } })
  })
})
