import * as fc from "fast-check"
import { coroutineExecutor, cron, every, type Schedule, type ScheduleOptions, type Supervisor } from "tasktor"
import { simulatedClock } from "tasktor/testing"
import { expect, it } from "vitest"
import { memoryScheduleBook } from "../../../runtime/schedule/schedule-book.ts"
import { makeSupervisor } from "../../../runtime/supervisor/create-supervisor.ts"
import { notingTask } from "../../support/schedules.ts"

/** What may happen to a program: time goes by, its machine's clock is set, it ends and another one begins, or a second one beside it. */
type Happening =
  | { readonly type: "time"; readonly minutes: number }
  | { readonly type: "set"; readonly minutes: number }
  | { readonly type: "restart"; readonly downMinutes: number }
  | { readonly type: "second" }

const happenings = fc.array(
  fc.oneof(
    fc.record({ type: fc.constant("time" as const), minutes: fc.integer({ min: 1, max: 200 }) }),
    fc.record({ type: fc.constant("set" as const), minutes: fc.integer({ min: -180, max: 180 }) }),
    fc.record({ type: fc.constant("restart" as const), downMinutes: fc.integer({ min: 0, max: 300 }) }),
    fc.record({ type: fc.constant("second" as const) }),
  ),
  { maxLength: 8 },
)

async function live(schedule: Schedule, all: readonly Happening[], options: ScheduleOptions) {
  const inner = simulatedClock()
  let jump = 0
  const clock = { ...inner, now: () => inner.now() + jump }
  let latest = clock.now()
  const book = memoryScheduleBook()
  const { note, slots } = notingTask(clock)
  const supervisors: Supervisor[] = []
  const open = (): void => {
    const supervisor = makeSupervisor([coroutineExecutor()], { clock }, { scheduleBook: book })
    supervisor.schedules.add("x", schedule, note(), options)
    supervisors.push(supervisor)
  }
  const settle = async (): Promise<void> => {
    // A change of the clock is noticed within a minute.
    latest = Math.max(latest, clock.now())
    await inner.advance("1 minute")
    latest = Math.max(latest, clock.now())
    for (let turn = 0; turn < 5; turn++) await inner.settle()
  }
  open()
  for (const happening of all) {
    if (happening.type === "time") await inner.advance(`${happening.minutes} minutes`)
    else if (happening.type === "set") jump += happening.minutes * 60_000
    else if (happening.type === "second") open()
    else {
      for (const supervisor of supervisors.splice(0)) await supervisor.shutdown()
      await inner.advance(`${happening.downMinutes} minutes`)
      open()
    }
    await settle()
  }
  await settle()
  const runs = supervisors[0]?.schedules.list()[0]?.runs
  for (const supervisor of supervisors) await supervisor.shutdown()
  return { latest, runs, slots: slots.map((slot) => Date.parse(`${slot}Z`)) }
}

const schedules = {
  cron: (start: number) => ({
    schedule: cron("*/7 * * * *", { timeZone: "Europe/Paris" }),
    grid: cron("*/7 * * * *", { timeZone: "Europe/Paris" }).next(5000, new Date(start)),
  }),
  every: (start: number) => ({ schedule: every("11 minutes"), grid: every("11 minutes").next(5000, new Date(start)) }),
}

it.each(Object.entries(schedules))(
  "whatever happens to its program, a schedule of %s that catches up with all runs each slot once, in order",
  async (_name, make) => {
    await fc.assert(
      fc.asyncProperty(happenings, async (all) => {
        const { schedule, grid } = make(Date.UTC(2026, 0, 1))
        const { latest, slots, runs } = await live(schedule, all, { catchUp: "all" })
        expect(slots).toEqual(grid.map((date) => date.getTime()).filter((slot) => slot <= latest))
        expect(runs).toBe(slots.length)
      }),
      { numRuns: 25 },
    )
  },
)

async function anyLife(catchUp: "once" | "skip", check: (slots: readonly number[], grid: readonly number[]) => void) {
  await fc.assert(
    fc.asyncProperty(happenings, async (all) => {
      const { schedule, grid } = schedules.cron(Date.UTC(2026, 0, 1))
      const { latest, slots } = await live(schedule, all, { catchUp })
      check(
        slots,
        grid.map((date) => date.getTime()).filter((slot) => slot <= latest),
      )
    }),
    { numRuns: 25 },
  )
}

it.each(["once", "skip"] as const)(
  "catching up with %s, it runs no slot twice, and none that is not its own",
  (catchUp) =>
    anyLife(catchUp, (slots, grid) => {
      expect(slots).toEqual(grid.filter((slot) => slots.includes(slot)))
    }),
)

it("catching up with once, it has run the latest slot in the end", () =>
  anyLife("once", (slots, grid) => {
    expect(slots.at(-1)).toBe(grid.at(-1))
  }))
