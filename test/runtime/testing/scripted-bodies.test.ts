import * as Effect from "effect/Effect"
import { defineTask, events, type SupervisorOptions, type TaskHandle } from "tasktor"
import { recordFacts, scriptedBodies } from "tasktor/testing"
import { describe, expect, it } from "vitest"
import { setup } from "../../support/setup.ts"

const never = (): never => {
  throw new Error("a body that the test plays was run")
}
const resize = defineTask({
  name: "resize",
  module: import.meta.url,
  executor: "thread",
  events: events<{ tile: number }>(),
  run: (_ctx, _file: string): string => never(),
})

function play(how?: Parameters<typeof scriptedBodies>[0], options?: SupervisorOptions) {
  const bodies = scriptedBodies(how)
  return { bodies, ...setup({ executors: bodies.executors, ...options }) }
}

describe("a scripted body", () => {
  it.each(["coroutine", "thread", "process", "web-worker"] as const)(
    "completes when the test says so: %s",
    async (executor) => {
      const { bodies, supervisor, clock } = play()
      const task = supervisor.run(resize("a.png"), { executor })
      await clock.settle()
      expect(task.snapshot).toMatchObject({ status: "running", executor })
      const body = bodies.of("resize")
      expect(body).toMatchObject({ id: task.id, name: "resize", args: ["a.png"], attempt: 1, hasEnded: false })
      body.complete("small.png")
      expect(await task.result()).toBe("small.png")
      expect(body.hasEnded).toBe(true)
      expect(bodies.running).toEqual([])
    },
  )

  it("reports, sends events and logs as a body does, and not after its end", async () => {
    const { bodies, supervisor, clock } = play()
    const recording = recordFacts(supervisor)
    supervisor.run(resize("a.png"))
    await clock.settle()
    const body = bodies.of("resize").report(0.25, "a quarter").event("tile", 7).log("warn", "slow")
    body.report(0.5)
    await clock.advance("1 second")
    body.complete()
    body.report(1).event("tile", 8)
    body.fail(new Error("late"))
    await clock.settle()
    expect(recording.text(({ type }) => type !== "submitted" && type !== "state")).toBe(
      [
        "resize 25 %",
        "resize 25 % a quarter",
        "resize event tile 7",
        "resize warn: slow",
        "resize 50 % a quarter",
        "resize completed",
      ].join("\n"),
    )
  })

  it("fails with an error, with any failure, or by a crash, and is tried again", async () => {
    const { bodies, supervisor, clock } = play()
    const task = supervisor.run(resize("a.png"), { retry: { maxAttempts: 4, delay: "1 second", jitter: "none" } })
    for (const [n, end] of [
      (): void => bodies.of("resize").fail(new RangeError("too wide")),
      (): void => bodies.of("resize").fail({ type: "lost" }),
      (): void => bodies.of("resize").crash(),
      (): void => bodies.of(task.id).crash({ outOfMemory: true }),
    ].entries()) {
      await clock.settle()
      expect(bodies.of("resize").attempt).toBe(n + 1)
      end()
      await clock.advance("10 seconds")
    }
    expect(task.snapshot).toMatchObject({
      status: "failed",
      failures: [
        { type: "error", error: { message: "too wide" } },
        { type: "lost" },
        { type: "crash", exitCode: 1 },
        { type: "crash", outOfMemory: true },
      ],
    })
  })

  it("heeds a cancel at once, unless it is told not to", async () => {
    const { bodies, supervisor, clock } = play()
    const task = supervisor.run(resize("a.png"))
    await clock.settle()
    const receipt = task.cancel("enough")
    await clock.settle()
    expect(await receipt).toBe("cancelled")
    expect(bodies.running).toEqual([])
  })

  it("that does not heed ends when the test says so, or by force", async () => {
    const { bodies, supervisor, clock } = play({ heeds: false })
    const tasks = ["a.png", "b.png"].map((file) => supervisor.run(resize(file), { grace: "1 second" }))
    await clock.settle()
    const receipts = tasks.map((task) => task.cancel())
    await clock.settle()
    expect(bodies.running.map(({ abortCause }) => abortCause)).toEqual(["cancel", "cancel"])
    bodies.of(tasks[0]?.id ?? "").heed()
    await clock.settle()
    expect(tasks.map(({ snapshot }) => snapshot.phase)).toEqual(["settled", "cancelling"])
    await clock.advance("1 second")
    expect(await Promise.all(receipts)).toEqual(["cancelled", "terminated"])
    expect(bodies.running).toEqual([])
  })

  it("waits for its slot as others do", async () => {
    const { bodies, supervisor, clock } = play({}, { concurrency: { thread: 1 } })
    const tasks = ["a.png", "b.png"].map((file): TaskHandle => supervisor.run(resize(file)))
    await clock.settle()
    expect(bodies.running.map(({ args }) => args[0])).toEqual(["a.png"])
    bodies.of("resize").complete()
    await clock.settle()
    expect(bodies.running.map(({ id }) => id)).toEqual([tasks[1]?.id])
  })

  it("can be waited for", async () => {
    const { bodies, supervisor } = play()
    const coming = bodies.next("resize")
    const task = supervisor.run(resize("a.png"))
    expect((await coming).id).toBe(task.id)
    expect(await bodies.next(task.id)).toBe(await coming)
  })

  it("that does not run is named in the error, with those that do", async () => {
    const { bodies, supervisor, clock } = play()
    expect(() => bodies.of("trace")).toThrow('Cannot find a running attempt of "trace": nothing runs')
    supervisor.run(resize("a.png"))
    await clock.settle()
    expect(() => bodies.of("trace")).toThrow('Cannot find a running attempt of "trace": there are resize')
  })
})

describe("a real body among scripted ones", () => {
  const album = defineTask({
    name: "album",
    run: async (ctx, files: readonly string[]) => {
      const children = files.map((file) => ctx.run(resize(file)))
      return Promise.all(children.map((child) => child.result()))
    },
  })

  it("runs its children, which the test plays", async () => {
    const { bodies, supervisor, clock } = play({ real: ["album"] })
    const task = supervisor.run(album(["a.png", "b.png"]))
    await clock.settle()
    for (const { id, args } of [...bodies.running]) bodies.of(id).complete(`small ${String(args[0])}`)
    await clock.settle()
    expect(await task.result()).toEqual(["small a.png", "small b.png"])
  })

  it("may be an Effect on the simulated clock, may fail, and may ask for another attempt", async () => {
    const { supervisor, clock } = play({ real: ["naps", "bad", "again"] })
    const naps = supervisor.run(defineTask({ name: "naps", run: () => Effect.sleep("1 hour") })())
    const bad = supervisor.run(defineTask({ name: "bad", run: () => Promise.reject(new Error("no")) })())
    const again = supervisor.run(
      defineTask({
        name: "again",
        retry: { maxAttempts: 2 },
        run: (ctx) => (ctx.attempt === 1 ? ctx.retry({ after: "1 minute" }) : "second"),
      })(),
    )
    await clock.advance("59 minutes")
    expect(naps.snapshot.status).toBe("running")
    expect(bad.snapshot.outcome).toMatchObject({ failure: { error: { message: "no" } } })
    expect(await again.result()).toBe("second")
    await clock.advance("1 minute")
    expect(naps.snapshot.status).toBe("completed")
  })
})
