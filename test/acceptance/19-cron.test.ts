import { createSupervisor, cron, defineTask } from "tasktor"
import { simulatedClock } from "tasktor/testing"
import { describe, expect, it, onTestFinished } from "vitest"

/** Four days of a schedule in Paris: when its task ran, and for which slot. */
async function fourDays(expression: string, start: string) {
  const clock = simulatedClock(Date.parse(start))
  const supervisor = createSupervisor({ clock })
  onTestFinished(() => supervisor.shutdown())
  const runs: { readonly at: string; readonly scheduledFor: string | undefined }[] = []
  const nightly = defineTask({
    name: "nightly",
    run: (ctx) => {
      runs.push({ at: new Date(clock.now()).toISOString(), scheduledFor: ctx.scheduledFor?.toISOString() })
    },
  })
  supervisor.schedules.add("nightly", cron(expression, { timeZone: "Europe/Paris" }), nightly())
  const planned = supervisor.schedules.next("nightly", 3).map((date) => date.toISOString())
  await clock.advance("4 days")
  return { runs, planned }
}

describe.each([
  ["0 2 * * *", "2026-03-27T12:00:00Z", ["28T01:00", "29T01:00", "30T00:00", "31T00:00"]],
  ["30 2 * * *", "2026-03-27T12:00:00Z", ["28T01:30", "29T01:00", "30T00:30", "31T00:30"]],
  ["0 2 * * *", "2026-10-23T12:00:00Z", ["24T00:00", "25T00:00", "26T01:00", "27T01:00"]],
  ["30 2 * * *", "2026-10-23T12:00:00Z", ["24T00:30", "25T00:30", "26T01:30", "27T01:30"]],
])("19. %s in Paris from %s on", (expression, start, expected) => {
  it("runs once on each local day, when next() says", async () => {
    const { runs, planned } = await fourDays(expression, start)
    const slots = expected.map((slot) => `${start.slice(0, 8)}${slot}:00.000Z`)
    expect(runs).toEqual(slots.map((slot) => ({ at: slot, scheduledFor: slot })))
    expect(planned).toEqual(slots.slice(0, 3))
  })
})

it("19. 0 25 * * * throws when it is made", () => {
  expect(() => cron("0 25 * * *")).toThrow(RangeError)
  expect(() => cron("0 25 * * *")).toThrow("the field of the hour takes 0 to 23")
})
