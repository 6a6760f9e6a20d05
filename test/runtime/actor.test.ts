import { defineTask } from "tasktor"
import { describe, expect, it } from "vitest"
import { waitFor, type InspectionEvent } from "xstate"
import { setup } from "../support/setup.ts"
import { gate, sleep, untilAborted } from "../support/wait.ts"

describe("a task's actor", () => {
  it("has the statechart's value, and the task's snapshot as its context", async () => {
    const { supervisor, clock } = setup({ concurrency: { coroutine: 1 } })
    const ends = gate()
    const running = supervisor.addCoroutine(() => ends.opened, [])
    const waiting = supervisor.addCoroutine(() => sleep(clock, 1000), [])
    const delayed = supervisor.addCoroutine(() => 1, [], { delay: "1 hour" })
    await clock.settle()
    const values = (): unknown[] => [running, waiting, delayed].map(({ actor }) => actor.getSnapshot().value)
    expect(values()).toEqual([{ running: "executing" }, { pending: "queued" }, { pending: "delayed" }])
    expect(running.actor.getSnapshot().context).toBe(running.snapshot)
    ends.open()
    await clock.settle()
    void waiting.cancel()
    await clock.settle()
    expect(values()).toEqual(["completed", { running: "cancelling" }, { pending: "delayed" }])
  })

  it.each([
    ["completed", () => "output"],
    ["failed", () => Promise.reject(new Error("no"))],
    ["cancelled", untilAborted],
  ] as const)("ends with status done and the outcome as its output when the task is %s", async (status, body) => {
    const { supervisor, clock } = setup()
    const task = supervisor.addCoroutine(body, [])
    const done = waitFor(task.actor, (snapshot) => snapshot.status === "done", { timeout: Number.POSITIVE_INFINITY })
    await clock.settle()
    void task.cancel()
    await clock.settle()
    const snapshot = await done
    expect(snapshot.value).toBe(status)
    expect(snapshot.output).toEqual(await task.outcome())
  })

  it("that is given an event by anybody else follows it, and its body is aborted and not heard any more", async () => {
    const { supervisor, clock } = setup({ concurrency: { coroutine: 1 } })
    let aborted = false
    const task = supervisor.addCoroutine(async (ctx) => {
      ctx.signal.addEventListener("abort", () => {
        aborted = true
        ctx.setMessage("late")
      })
      await untilAborted(ctx)
    }, [])
    const next = supervisor.addCoroutine(() => "next", [])
    await clock.settle()
    task.actor.send({ type: "nonsense" })
    task.actor.send({ type: "complete", output: "from outside", at: clock.now() })
    await clock.settle()
    expect(task.snapshot).toMatchObject({
      outcome: { status: "completed", output: "from outside" },
      message: undefined,
    })
    expect(aborted).toBe(true)
    expect(next.snapshot.status).toBe("completed")
  })

  it("can be asked for after the end as well", async () => {
    const { supervisor, clock } = setup()
    const task = supervisor.addCoroutine(() => "output", [])
    await clock.settle()
    expect(task.actor.getSnapshot()).toMatchObject({
      status: "done",
      value: "completed",
      output: { status: "completed", output: "output" },
    })
  })

  it("is one and the same for as long as anybody asks", async () => {
    const { supervisor, clock } = setup()
    const task = supervisor.addCoroutine(() => sleep(clock, 1000), [])
    const { actor } = task
    await clock.settle()
    expect(task.actor).toBe(actor)
    expect(supervisor.get(task.id).actor).toBe(actor)
    await clock.advance("1 minute")
    expect(task.actor).toBe(actor)
  })

  it("tells its subscribers each step, the last one included", async () => {
    const { supervisor, clock } = setup()
    const task = supervisor.addCoroutine(() => sleep(clock, 1000), [])
    const values: unknown[] = []
    let completed = 0
    task.actor.subscribe({ next: ({ value }) => values.push(value), complete: () => completed++ })
    await clock.advance("1 minute")
    expect(values).toEqual([{ running: "executing" }, "completed"])
    expect(completed).toBe(1)
  })

  it("lives in the supervisor's actor system, as its child", async () => {
    const { supervisor, clock } = setup()
    const task = supervisor.addCoroutine(untilAborted, [])
    await clock.settle()
    expect(task.actor.system).toBe(supervisor.actor.system)
    expect(task.actor.id).toBe(task.id)
    expect((task.actor as unknown as { _parent: unknown })._parent).toBe(supervisor.actor)
  })
})

describe("the supervisor's actor", () => {
  it("has the supervisor's state", async () => {
    const { supervisor, clock } = setup()
    supervisor.addCoroutine(untilAborted, [])
    await clock.settle()
    const states: unknown[] = [supervisor.actor.getSnapshot().value]
    supervisor.actor.subscribe(({ value }) => value !== states.at(-1) && states.push(value))
    const stopped = supervisor.shutdown({ drain: "1 second" })
    await clock.advance("1 minute")
    await stopped
    expect(states).toEqual(["open", "draining", "stopping", "stopped"])
  })
})

describe("an inspection observer", () => {
  it("sees every task from its first moment to its last, and the statechart behind it", async () => {
    const seen: InspectionEvent[] = []
    const { supervisor, clock } = setup({ inspect: (event) => seen.push(event) })
    const inspected = defineTask({ name: "inspected", run: () => sleep(clock, 1000) })
    const task = supervisor.run(inspected())
    await clock.advance("1 minute")
    const own = seen.filter(({ actorRef }) => (actorRef as { id?: string }).id === task.id)
    expect(own.map(({ type }) => type)).toContain("@xstate.actor")
    const values = own.flatMap((event) =>
      event.type === "@xstate.snapshot" ? [(event.snapshot as unknown as { value: unknown }).value] : [],
    )
    expect(values.at(-1)).toBe("completed")
    expect(values).toContainEqual({ running: "executing" })
    expect(task.actor).toHaveProperty("logic.config.states.running")
  })

  it("that comes later finds the actors of all that lives, and of all that comes after it", async () => {
    const { supervisor, clock } = setup({ concurrency: { coroutine: 1 } })
    const running = supervisor.addCoroutine(() => sleep(clock, 1000), [])
    const waiting = supervisor.addCoroutine(() => sleep(clock, 1000), [])
    await clock.settle()
    const seen: InspectionEvent[] = []
    supervisor.actor.system.inspect((event) => seen.push(event))
    const later = supervisor.addCoroutine(() => 1, [])
    await clock.advance("1 minute")
    const lastValueOf = (id: string): unknown =>
      seen
        .flatMap((event) =>
          event.type === "@xstate.snapshot" && (event.actorRef as { id?: string }).id === id
            ? [(event.snapshot as unknown as { value: unknown }).value]
            : [],
        )
        .at(-1)
    expect([running, waiting, later].map(({ id }) => lastValueOf(id))).toEqual(["completed", "completed", "completed"])
  })

  it.each([
    ["a function", (event: () => never): unknown => event],
    ["an observer", (event: () => never): unknown => ({ next: event })],
  ])("that comes later, %s, and throws harms nothing", async (_kind, inspectorOf) => {
    const { supervisor, clock, warnings } = setup()
    const running = supervisor.addCoroutine(() => sleep(clock, 1000), [])
    await clock.settle()
    const inspector = inspectorOf(() => {
      throw new Error("the inspector is gone")
    })
    supervisor.actor.system.inspect(inspector as () => void)
    const later = supervisor.addCoroutine(() => 1, [])
    await clock.advance("1 minute")
    expect([running, later].map(({ snapshot }) => snapshot.status)).toEqual(["completed", "completed"])
    expect(warnings[0]?.message).toContain("inspection observer threw")
  })

  it("may be an object, as the Stately inspector's is", async () => {
    const seen: InspectionEvent[] = []
    const { supervisor, clock } = setup({ inspect: { next: (event) => seen.push(event) } })
    const task = supervisor.addCoroutine(() => 1, [])
    await clock.settle()
    expect(seen.map(({ actorRef }) => (actorRef as { id?: string }).id)).toContain(task.id)
  })

  it("that throws harms nothing", async () => {
    const { supervisor, clock, warnings } = setup({
      inspect: () => {
        throw new Error("the inspector is gone")
      },
    })
    const task = supervisor.addCoroutine(() => 1, [])
    await clock.settle()
    expect(task.snapshot.status).toBe("completed")
    expect(warnings.length).toBeGreaterThan(0)
  })
})
