import * as fc from "fast-check"
import { createSupervisor, type TaskContext, type TaskHandle } from "tasktor"
import { simulatedClock } from "tasktor/testing"
import { describe, expect, it } from "vitest"
import { setup } from "../support/setup.ts"
import { gate, untilAborted } from "../support/wait.ts"

/** A task that only waits, and the context that its body was given. */
async function withContext() {
  const { supervisor, clock } = setup()
  const ready = gate<TaskContext>()
  const task = supervisor.addCoroutine(async (ctx) => {
    ready.open(ctx)
    await untilAborted(ctx)
  }, [])
  await clock.settle()
  return { supervisor, clock, task, ctx: await ready.opened }
}

describe("progress", () => {
  it.each([
    ["the value over the total", 10, 4, 0.4],
    ["1 at most", 10, 99, 1],
    ["0 at least", 10, -5, 0],
    ["of a total of zero: of 1", 0, 0.5, 0.5],
    ["of a negative total: of 1", -1, 0.5, 0.5],
    ["of a total that is no number: of 1", Number.NaN, 0.5, 0.5],
    ["of no total: of 1", undefined, 0.25, 0.25],
    ["still a number for a value that is none", 10, Number.NaN, 0],
  ])("is %s", async (_title, total, value, expected) => {
    const { clock, task, ctx } = await withContext()
    if (total !== undefined) ctx.setTotal(total)
    ctx.setProgress(value)
    await clock.advance("1 second")
    expect(task.snapshot.progress).toBeCloseTo(expected, 12)
  })

  it("never goes back within an attempt", async () => {
    const { clock, task, ctx } = await withContext()
    ctx.setProgress(0.9)
    await clock.advance("1 second")
    ctx.setProgress(0.1)
    await clock.advance("1 second")
    expect(task.snapshot.progress).toBe(0.9)
  })

  it("stays where it was when the task fails or is cancelled, and is 1 when it completes", async () => {
    const { supervisor, clock } = setup()
    const advance = (ctx: TaskContext): void => ctx.setProgress(0.3)
    const failed = supervisor.addCoroutine((ctx) => {
      advance(ctx)
      throw new Error("no")
    }, [])
    const cancelled = supervisor.addCoroutine((ctx) => {
      advance(ctx)
      return untilAborted(ctx)
    }, [])
    const completed = supervisor.addCoroutine(advance, [])
    await clock.settle()
    await cancelled.cancel()
    expect([failed, cancelled, completed].map(({ snapshot }) => snapshot.progress)).toEqual([0.3, 0.3, 1])
  })

  it("of a sub-context lies in its slice", async () => {
    const { clock, task, ctx } = await withContext()
    const sub = ctx.subContext({ base: 0.1, range: 0.8 }).subContext({ base: 0.5, range: 0.25, total: 10 })
    sub.setProgress(8)
    await clock.advance("1 second")
    expect(task.snapshot.progress).toBeCloseTo(0.66, 9)
    sub.setTotal(-3)
    sub.setProgress(99)
    await clock.advance("1 second")
    expect(task.snapshot.progress).toBeCloseTo(0.1 + 0.8 * 0.75, 9)
  })

  it("of a labelled sub-context has its label before its messages", async () => {
    const { clock, task, ctx } = await withContext()
    ctx.subContext({ range: 0.5, label: "scan" }).setMessage("file 3")
    await clock.advance("1 second")
    expect(task.snapshot.message).toBe("scan: file 3")
    ctx.setMessage("done")
    await clock.advance("1 second")
    expect(task.snapshot.message).toBe("done")
  })

  it("is the greatest place that any context has reached, for any tree of sub-contexts and any calls", async () => {
    const unit = fc.double({ min: 0, max: 1, noNaN: true })
    const anySlice = fc.record({
      of: fc.nat({ max: 5 }),
      base: unit,
      part: unit,
      total: fc.double({ min: -2, max: 50 }),
    })
    const anyCall = fc.record({ on: fc.nat({ max: 5 }), value: fc.double({ min: -10, max: 60, noNaN: true }) })
    await fc.assert(
      fc.asyncProperty(
        fc.array(anySlice, { maxLength: 5 }),
        fc.array(anyCall, { maxLength: 15 }),
        async (slices, calls) => {
          const clock = simulatedClock()
          const supervisor = createSupervisor({ clock })
          const ready = gate<TaskContext>()
          const task = supervisor.addCoroutine(async (ctx) => {
            ready.open(ctx)
            await untilAborted(ctx)
          }, [])
          await clock.settle()
          // the model: each context owns [from, from + size] of the task's progress, and has a total of its own
          const contexts = [{ ctx: await ready.opened, from: 0, size: 1, total: 1 }]
          for (const { of, base, part, total } of slices) {
            const parent = contexts[of % contexts.length]!
            const range = part * (1 - base)
            contexts.push({
              ctx: parent.ctx.subContext({ base, range, total }),
              from: parent.from + base * parent.size,
              size: range * parent.size,
              total: total > 0 ? total : 1,
            })
          }
          let expected = 0
          for (const { on, value } of calls) {
            const { ctx, from, size, total } = contexts[on % contexts.length]!
            ctx.setProgress(value)
            expected = Math.max(expected, from + size * Math.min(1, Math.max(0, value / total)))
            await clock.advance("100 ms")
            expect(task.snapshot.progress).toBeCloseTo(expected, 9)
          }
          const stopped = supervisor.shutdown()
          await clock.settle()
          await stopped
        },
      ),
      { numRuns: 60 },
    )
  })
})

describe("messages", () => {
  it("are kept: the latest wins, and a message without progress changes no progress", async () => {
    const { clock, task, ctx } = await withContext()
    ctx.setProgress(0.5)
    ctx.setMessage("first")
    ctx.setMessage("second")
    await clock.advance("1 second")
    expect(task.snapshot).toMatchObject({ progress: 0.5, message: "second" })
    ctx.setProgress(0.6)
    await clock.advance("1 second")
    expect(task.snapshot).toMatchObject({ progress: 0.6, message: "second" })
  })

  it("that were set last before the end are in the last snapshot", async () => {
    const { supervisor, clock } = setup()
    const task = supervisor.addCoroutine((ctx) => {
      ctx.setMessage("first")
      ctx.setMessage("last")
    }, [])
    await clock.settle()
    expect(task.snapshot.message).toBe("last")
  })
})

describe("notifications", () => {
  it("are at most 31 in any second, the first at once, the last value exact", async () => {
    const { clock, task, ctx } = await withContext()
    const at: number[] = []
    task.subscribe(() => at.push(clock.now()))
    const origin = clock.now()
    for (let i = 1; i <= 10_000; i++) ctx.setProgress(i / 40_000)
    await clock.settle()
    expect(at[0]).toBe(origin)
    for (let i = 1; i <= 100; i++) {
      await clock.advance("10 ms")
      ctx.setProgress(0.25 + i / 1000)
    }
    await clock.advance("1 second")
    expect(task.snapshot.progress).toBe(0.35)
    const inASecondFrom = (from: number): number =>
      at.filter((instant) => instant >= from && instant < from + 1000).length
    expect(Math.max(...at.map(inASecondFrom))).toBeLessThanOrEqual(31)
    expect(at.length).toBeGreaterThan(20)
  })

  it("are no more when every step comes with an event, which is not held up by it", async () => {
    const { clock, task, ctx } = await withContext()
    let calls = 0
    let heard = 0
    task.subscribe(() => calls++)
    task.on("step" as never, () => void heard++)
    for (let i = 1; i <= 1000; i++) {
      ctx.setProgress(i / 2000)
      ctx.sendEvent("step" as never, i)
    }
    await clock.settle()
    expect(heard).toBe(1000)
    await clock.advance("900 ms")
    expect(task.snapshot.progress).toBe(0.5)
    expect(calls).toBeLessThanOrEqual(31)
  })

  it("of the last value come by themselves, within a thirtieth of a second", async () => {
    const { clock, task, ctx } = await withContext()
    ctx.setProgress(0.1)
    ctx.setProgress(0.2)
    await clock.advance("34 ms")
    expect(task.snapshot.progress).toBe(0.2)
  })

  it("come at once by flush", async () => {
    const { clock, task, ctx } = await withContext()
    ctx.setProgress(0.1)
    await clock.settle()
    ctx.setProgress(0.2)
    ctx.setMessage("now")
    ctx.flush()
    await clock.settle()
    expect(task.snapshot).toMatchObject({ progress: 0.2, message: "now" })
  })

  it("that would tell nothing new are not made", async () => {
    const { clock, task, ctx } = await withContext()
    ctx.setProgress(0.1)
    await clock.advance("1 second")
    let calls = 0
    task.subscribe(() => calls++)
    for (let i = 0; i < 5; i++) {
      ctx.setProgress(0.1)
      await clock.advance("100 ms")
    }
    expect(calls).toBe(0)
  })
})

describe("the supervisor's progress", () => {
  it("is 1 when nothing is alive, the mean over the batch while something is, and begins anew", async () => {
    const { supervisor, clock } = setup()
    const overall = (): number => supervisor.getSnapshot().progress
    expect(overall()).toBe(1)
    const ends = [gate(), gate()]
    supervisor.addCoroutine(() => ends[0]!.opened, [])
    supervisor.addCoroutine(() => ends[1]!.opened, [])
    await clock.settle()
    expect(overall()).toBe(0)
    ends[0]!.open()
    await clock.settle()
    expect(overall()).toBe(0.5)
    ends[1]!.open()
    await clock.settle()
    expect(overall()).toBe(1)
    supervisor.addCoroutine(untilAborted, [])
    await clock.settle()
    expect(overall()).toBe(0)
  })

  it("counts a failed task by what it had reached", async () => {
    const { supervisor, clock } = setup()
    supervisor.addCoroutine((ctx) => {
      ctx.setProgress(0.3)
      throw new Error("no")
    }, [])
    supervisor.addCoroutine(untilAborted, [])
    await clock.settle()
    expect(supervisor.getSnapshot().progress).toBeCloseTo(0.15, 12)
  })

  it("is the mean over the visible tasks of the batch, and in 0..1, whatever happens", async () => {
    const anyStep = fc.oneof(
      fc.record({ type: fc.constant("submit" as const), visible: fc.boolean() }),
      fc.record({ type: fc.constantFrom("complete", "fail", "cancel"), task: fc.nat() }),
      fc.record({
        type: fc.constant("progress" as const),
        task: fc.nat(),
        value: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
    )
    interface Member {
      readonly visible: boolean
      readonly handle: TaskHandle<number>
      readonly ctx: TaskContext
      readonly end: (how: "complete" | "fail") => void
      reached: number
    }
    await fc.assert(
      fc.asyncProperty(fc.array(anyStep, { maxLength: 40 }), async (steps) => {
        const clock = simulatedClock()
        const supervisor = createSupervisor({ clock })
        let batch: Member[] = []
        let alive: Member[] = []
        for (const step of steps) {
          if (step.type === "submit") {
            if (step.visible && !alive.some(({ visible }) => visible)) batch = []
            const ready = gate<TaskContext>()
            const end = gate<"complete" | "fail">()
            const handle = supervisor.addCoroutine(
              async (ctx) => {
                ready.open(ctx)
                if ((await Promise.race([end.opened, untilAborted(ctx)])) === "fail") throw new Error("no")
                return 1
              },
              [],
              { visible: step.visible },
            )
            await clock.settle()
            const member = { visible: step.visible, handle, ctx: await ready.opened, end: end.open, reached: 0 }
            batch.push(member)
            alive.push(member)
          } else if (alive.length > 0) {
            const member = alive[step.task % alive.length]!
            if (step.type === "progress") {
              member.ctx.setProgress(step.value)
              member.reached = Math.max(member.reached, step.value)
            } else {
              if (step.type === "cancel") void member.handle.cancel()
              else member.end(step.type)
              if (step.type === "complete") member.reached = 1
              alive = alive.filter((other) => other !== member)
            }
          }
          await clock.advance("100 ms")
          const { progress, tasks } = supervisor.getSnapshot()
          const seen = batch.filter(({ visible }) => visible)
          const mean = seen.reduce((sum, { reached }) => sum + reached, 0) / seen.length
          expect(progress).toBeGreaterThanOrEqual(0)
          expect(progress).toBeLessThanOrEqual(1)
          expect(progress).toBeCloseTo(alive.some(({ visible }) => visible) ? mean : 1, 9)
          expect(tasks.map(({ id }) => id)).toEqual(
            alive.flatMap(({ visible, handle }) => (visible ? [handle.id] : [])),
          )
        }
        const stopped = supervisor.shutdown()
        await clock.settle()
        await stopped
      }),
      { numRuns: 60 },
    )
  })
})
