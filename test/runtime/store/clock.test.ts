/** A store under a clock that is set. */
import { type Clock, createSupervisor, cron, defineTask, memoryStore } from "tasktor"
import { expect, it, onTestFinished } from "vitest"
import { simulatedClock } from "tasktor/testing"

it("loses nothing and runs nothing twice when the clock is set back by an hour", async () => {
  const turned = simulatedClock(Date.UTC(2026, 0, 1, 0, 0))
  let offset = 0
  const clock: Clock = { ...turned, now: () => turned.now() + offset }
  const runs: string[] = []
  const report = defineTask({
    name: "report",
    run: (ctx) => void runs.push(ctx.scheduledFor?.toISOString().slice(11, 16) ?? ""),
  })
  const store = memoryStore()
  const supervisor = createSupervisor({ clock, store })
  onTestFinished(() => supervisor.shutdown())
  supervisor.schedules.add("half-hourly", cron("0,30 * * * *", { timeZone: "UTC" }), report())
  const delayed = supervisor.run(report(), { delay: "2 hours" })
  await turned.advance("61 minutes")
  expect(runs).toEqual(["00:30", "01:00"])
  offset = -3_600_000
  await turned.advance("58 minutes")
  expect(runs).toEqual(["00:30", "01:00"])
  await turned.advance("1 minute")
  // A duration is one, whatever the clock says.
  expect(delayed.snapshot.status).toBe("completed")
  await turned.advance("31 minutes")
  expect(runs).toEqual(["00:30", "01:00", "", "01:30"])
  const { tasks } = await supervisor.history.list({ status: "completed" })
  expect(tasks).toHaveLength(4)
  // The past is in the order in which it happened: the last moment at which the clock showed that is meant.
  const past = await supervisor.history.at(new Date(Date.UTC(2026, 0, 1, 1, 5)))
  expect(past.counts).toMatchObject({ completed: 3, pending: 0 })
})
