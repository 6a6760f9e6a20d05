import {
  chain,
  cron,
  type DefinedSchedule,
  defineSchedule,
  defineTask,
  events,
  every,
  type Schedule,
  type ScheduleEntry,
  type Supervisor,
  type TaskHandle,
} from "tasktor"
import { describe, expectTypeOf, it } from "vitest"

declare const supervisor: Supervisor
const crunch = defineTask({
  name: "crunch",
  events: events<{ line: string }>(),
  run: (ctx, iterations: number) => {
    expectTypeOf(ctx.scheduledFor).toEqualTypeOf<Date | undefined>()
    return iterations > 1
  },
})

describe("schedules", () => {
  it("take a schedule and a call", () => {
    supervisor.schedules.add("x", every("10 seconds"), crunch(5), { overlap: "skip", retry: { maxAttempts: 2 } })
    expectTypeOf(supervisor.schedules.add("x", { next: () => [new Date()] }, chain(crunch(5)))).toEqualTypeOf<void>()
    // @ts-expect-error a text is no schedule
    supervisor.schedules.add("x", "0 2 * * *", crunch(5))
    // @ts-expect-error a definition is no call
    supervisor.schedules.add("x", every("10 seconds"), crunch)
    // @ts-expect-error an argument of the wrong type
    supervisor.schedules.add("x", every("10 seconds"), crunch("5"))
    // @ts-expect-error an unknown rule
    supervisor.schedules.add("x", every("10 seconds"), crunch(5), { overlap: "never" })
    // @ts-expect-error an unknown unit
    supervisor.schedules.add("x", every("10 moons"), crunch(5))
  })

  it("type their callbacks by the events of the task", () => {
    supervisor.schedules.add("x", every("10 seconds"), crunch(5), {
      whenEvent: (_task, name, data) => {
        expectTypeOf(name).toEqualTypeOf<"line">()
        expectTypeOf(data).toEqualTypeOf<string>()
      },
    })
  })

  it("take one of several calls", () => {
    const say = defineTask({ name: "say", run: (_ctx, text: string) => text })
    for (const call of [crunch(5), say("a")]) {
      supervisor.schedules.add("x", every("10 seconds"), call, { overlap: "skip" })
      expectTypeOf(defineSchedule("x", every("10 seconds"), call)).toEqualTypeOf<DefinedSchedule>()
    }
    // @ts-expect-error one of them may be a definition
    supervisor.schedules.add("x", every("10 seconds"), {} as typeof say | ReturnType<typeof crunch>)
    // @ts-expect-error nor is that a schedule's
    defineSchedule("x", every("10 seconds"), {} as typeof say | ReturnType<typeof crunch>)
  })

  it("know the output, and take undefined for what is not given", () => {
    supervisor.schedules.add("x", every("10 seconds"), crunch(5), {
      limit: undefined,
      whenDone: (task) => void expectTypeOf(task.result()).resolves.toEqualTypeOf<boolean>(),
    })
    defineSchedule("x", every("10 seconds"), crunch(5), {
      whenDone: (task) => void expectTypeOf(task.result()).resolves.toEqualTypeOf<boolean>(),
    })
    // @ts-expect-error the handle of another output
    defineSchedule("x", every("10 seconds"), crunch(5), { whenDone: (_task: TaskHandle<string>) => {} })
  })

  it("give what one expects", () => {
    expectTypeOf(cron("0 2 * * *")).toEqualTypeOf<Schedule>()
    expectTypeOf(supervisor.schedules.list()).toEqualTypeOf<readonly ScheduleEntry[]>()
    expectTypeOf(supervisor.schedules.runNow("x")).toEqualTypeOf<TaskHandle>()
    expectTypeOf(supervisor.schedules.next("x", 3)).toEqualTypeOf<readonly Date[]>()
    const defined = defineSchedule("x", every("10 seconds"), crunch(5), { limit: 5 })
    expectTypeOf(defined).toEqualTypeOf<DefinedSchedule>()
    supervisor.schedules.add(defined)
  })
})
