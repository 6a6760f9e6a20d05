import { chain, chord, defineTask, graph, group, map, type PipelineSnapshot, type TaskCall } from "tasktor"
import { describe, expect, it } from "vitest"
import { type AnyActorRef, createActor, type InspectionEvent } from "xstate"
import { setup } from "../../support/setup.ts"
import { gate, type Gate, untilAborted } from "../../support/wait.ts"

const gatesOf = (count: number): Gate[] => Array.from({ length: count }, () => gate())
const step = (name: string, gates: Gate[], at: number) =>
  defineTask({ name, run: (_ctx, _input?: unknown) => gates[at]?.opened })

/** The same snapshot without what belongs to the actor. */
const seen = ({ value, context, status }: PipelineSnapshot): unknown => ({ value, context, status })

describe("a live pipeline's actor", () => {
  /** Where a pipeline is after each of its gates has opened, looked at from the beginning and only then. */
  async function placesOf(make: (gates: Gate[]) => TaskCall<unknown>, count: number): Promise<unknown[]> {
    const places: unknown[] = []
    for (let moment = 0; moment <= count; moment++) {
      const { supervisor, clock } = setup()
      const gates = gatesOf(count)
      const pipeline = make(gates)
      const [early, late] = [supervisor.run(pipeline), supervisor.run(pipeline)]
      void early.pipeline
      for (const { open } of gates.slice(0, moment)) {
        await clock.settle()
        open()
      }
      await clock.settle()
      const snapshots = [late, early].map(({ pipeline: actor }) => actor?.getSnapshot() as PipelineSnapshot)
      const [ofLate, ofEarly] = snapshots.map(seen)
      expect(ofLate).toEqual(ofEarly)
      places.push(snapshots[0]?.value)
    }
    return places
  }

  it("is at the same place whether it was there from the beginning or is made when somebody looks", async () => {
    const places = await placesOf((gates) => {
      const inside = chain(step("x", gates, 1)(), group([step("y", gates, 2)(), step("z", gates, 3)()]))
      return chain(step("a", gates, 0)(), inside, chord([step("h", gates, 4)()], step("b", gates, 5)))
    }, 6)
    const inGroup = { chain: { group: { y: {}, z: {} } } }
    expect(places).toEqual([
      "a",
      { chain: "x" },
      inGroup,
      inGroup,
      { chord: { header: { h: {} } } },
      { chord: "b" },
      "completed",
    ])
  })

  it("shows the steps of graphs, and what is inside them, however deep", async () => {
    const places = await placesOf((gates) => {
      const inner = graph({ p: chain(step("x", gates, 1)(), step("y", gates, 2)), q: map(step("m", gates, 3), [1, 2]) })
      const outer = graph({
        first: step("f", gates, 0)(),
        second: { after: ["first"], run: chain(inner, step("z", gates, 4)) },
        beside: step("b", gates, 2)(),
      })
      return chain(outer, step("end", gates, 5))
    }, 6)
    const inSecond = (value: object | string, beside = "running") => ({
      graph: { first: "completed", second: { running: value }, beside },
    })
    expect(places.slice(0, 6)).toEqual([
      { graph: { first: "running", second: "waiting", beside: "running" } },
      inSecond({ graph: { p: { running: "x" }, q: expect.anything() as object } }),
      inSecond({ graph: { p: { running: "y" }, q: expect.anything() as object } }),
      inSecond({ graph: { p: "completed", q: expect.anything() as object } }, "completed"),
      inSecond("z", "completed"),
      "end",
    ])
    expect(JSON.stringify(places[1])).toContain(JSON.stringify({ q: { running: { m: {} } } }).slice(1, -1))
    expect(places[6]).toBe("completed")
  })

  it("tells where a step in a graph in a chain failed, and counts what is in it", async () => {
    const { supervisor, clock } = setup()
    const fails = defineTask({ name: "fails", run: () => Promise.reject(new Error("no")) })
    const inner = graph({ p: chain(map(step("m", [], 0), [1, 2]), fails), q: group([]) })
    const handle = supervisor.run(chain(step("a", [], 0)(), graph({ whole: inner })))
    void handle.pipeline
    await clock.settle()
    expect(handle.pipeline.getSnapshot()).toMatchObject({
      value: "failed",
      context: {
        stoppedAt: "graph.whole.running.p.running.fails",
        counts: {
          graph: { total: 1, failed: 1 },
          "graph.whole.running": { total: 2, completed: 1, failed: 1 },
          "graph.whole.running.p.running.map": { total: 2, completed: 2 },
          "graph.whole.running.q.running": { total: 0 },
        },
      },
    })
    const late = supervisor.run(chain(step("a", [], 0)(), graph({ whole: inner })))
    await clock.settle()
    expect(seen(late.pipeline.getSnapshot())).toEqual(seen(handle.pipeline.getSnapshot()))
  })

  it("of more steps than it draws is one state, which nothing inside disturbs", async () => {
    const { supervisor, clock } = setup()
    const open = gate()
    const steps = Array.from({ length: 70 }, (_, n) => [
      `step ${n}`,
      chain(group([step("g", [], 0)()]), step("x", [open], 0)),
    ])
    const handle = supervisor.run(
      chain(graph(Object.fromEntries(steps) as Record<string, TaskCall<void>>), step("b", [], 0)),
    )
    void handle.pipeline
    await clock.settle()
    expect(handle.pipeline.getSnapshot()).toMatchObject({
      value: "graph",
      context: { counts: { graph: { alive: 70 } } },
    })
    expect(Object.keys(handle.pipeline.getSnapshot().context.counts)).toEqual(["graph"])
    open.open()
    await handle.result()
    expect(handle.pipeline.getSnapshot().context.counts).toMatchObject({ graph: { completed: 70 } })
  })

  it("has the numbers of the fan-outs inside under the paths of their states", async () => {
    const { supervisor, clock } = setup()
    const waits = defineTask({ name: "waits", run: (ctx) => untilAborted(ctx) })
    const inside = chain(step("x", [], 0)(), chord([waits(), waits()], step("b", [], 0)))
    const handle = supervisor.run(chain(map(step("m", [], 0), [1, 2]), inside, group([])))
    void handle.pipeline
    await clock.settle()
    const none = { total: 0, alive: 0, completed: 0, failed: 0, cancelled: 0 }
    expect(handle.pipeline.getSnapshot()).toMatchObject({
      value: { chain: { chord: { header: { waits: {} } } } },
      context: {
        counts: {
          map: { ...none, total: 2, completed: 2 },
          "chain.chord.header": { ...none, total: 2, alive: 2 },
          group: none,
        },
      },
    })
  })

  it("goes back when a pipeline inside is retried", async () => {
    const { supervisor, clock } = setup()
    let attempts = 0
    const gates = gatesOf(1)
    const flaky = defineTask({
      name: "flaky",
      run: () => {
        if (++attempts === 1) throw new Error("not yet")
      },
    })
    const inside = chain(step("x", [], 0)(), flaky).with({
      retry: { maxAttempts: 2, delay: "1 second", jitter: "none" },
    })
    const handle = supervisor.run(chain(step("a", [], 0)(), inside, step("b", gates, 0)))
    const values: unknown[] = []
    handle.pipeline.subscribe(({ value }) => values.push(value))
    await clock.advance("10 seconds")
    expect(values).toEqual([{ chain: "x" }, { chain: "flaky" }, { chain: "x" }, { chain: "flaky" }, "b"])
  })

  it("has the numbers of a fan-out, once in a turn", async () => {
    const { supervisor, clock } = setup()
    const open = gate()
    const member = defineTask({ name: "member", run: (_ctx, n: number) => (n < 50 ? undefined : open.opened) })
    const items = Array.from({ length: 100 }, (_, n) => n)
    const handle = supervisor.run(map(member, items))
    let told = 0
    handle.pipeline.subscribe(() => told++)
    await clock.settle()
    const counts = { total: 100, alive: 50, completed: 50, failed: 0, cancelled: 0 }
    expect(handle.pipeline.getSnapshot().context.counts).toEqual({ map: counts })
    expect(told).toBeLessThan(10)
    open.open()
    await handle.result()
    expect(handle.pipeline.getSnapshot().context.counts["map"]).toMatchObject({ alive: 0, completed: 100 })
  })

  it.each(["fail-fast", "cancel"])("ends with the numbers of all that ended with it: %s", async (how) => {
    const { supervisor, clock } = setup()
    const open = gate()
    const member = defineTask({
      name: "member",
      run: (ctx, n: number) =>
        n === 2
          ? Promise.race([untilAborted(ctx), open.opened.then(() => Promise.reject(new Error("no")))])
          : untilAborted(ctx),
    })
    const handle = supervisor.run(chain(map(member, [0, 1, 2, 3], { concurrency: 3 })))
    void handle.pipeline
    await clock.settle()
    if (how === "cancel") void handle.cancel()
    else open.open()
    await clock.settle()
    const ended = how === "cancel" ? { failed: 0, cancelled: 3 } : { failed: 1, cancelled: 2 }
    expect(handle.pipeline.getSnapshot()).toMatchObject({
      status: "done",
      context: { counts: { map: { total: 4, alive: 0, completed: 0, ...ended } }, stoppedAt: "map" },
    })
  })

  it.each(["before", "after"])("is cancelled with a pipeline that never began, looked at %s", async (when) => {
    const { supervisor } = setup()
    const handle = supervisor.run(chain(step("a", [], 0)()), { delay: "1 hour" })
    if (when === "before") void handle.pipeline
    await handle.cancel()
    expect(handle.pipeline.getSnapshot()).toMatchObject({
      value: "cancelled",
      status: "done",
      context: { stoppedAt: "a" },
      output: { status: "cancelled" },
    })
  })

  it("is one for each pipeline, also for those inside and for one that was skipped", async () => {
    const { supervisor, clock } = setup()
    const fails = defineTask({ name: "fails", run: () => Promise.reject(new Error("no")) })
    const ids = new Map<string, string>()
    supervisor.onFact(({ name, task }) => ids.set(name, task))
    const handle = supervisor.run(
      graph({ a: chain(step("x", [], 0)(), fails), b: { after: "a", run: group([fails()]) } }),
    )
    await clock.settle()
    const of = (name: string) => supervisor.get(ids.get(name) ?? "").pipeline
    expect(of("graph")).toBe(handle.pipeline)
    expect(of("chain")?.getSnapshot()).toMatchObject({ value: "failed", context: { stoppedAt: "fails" } })
    expect(of("chain")).toBe(of("chain"))
    expect(of("group")?.getSnapshot()).toMatchObject({ value: "cancelled", context: { stoppedAt: "group" } })
    expect(of("fails")).toBeUndefined()
  })

  it("is not there for other tasks", () => {
    const { supervisor } = setup()
    expect(supervisor.run(step("a", [], 0)()).pipeline).toBeUndefined()
  })

  it.each([
    ["from the beginning", true],
    ["that comes later", false],
  ])("is seen by an inspector %s as a child of its task's", async (_title, fromTheBeginning) => {
    const events: InspectionEvent[] = []
    const note = (event: InspectionEvent): void => void events.push(event)
    const { supervisor, clock } = setup(fromTheBeginning ? { inspect: note } : {})
    const waits = defineTask({ name: "waits", run: (ctx) => untilAborted(ctx) })
    const handle = supervisor.run(chain(group([waits()]), waits))
    await clock.settle()
    if (!fromTheBeginning) supervisor.actor.system.inspect(note)
    const made = events.flatMap((event) => (event.type === "@xstate.actor" ? [event.actorRef as AnyActorRef] : []))
    const ids = made.map(({ id }) => id)
    expect(ids).toContain(`${handle.id}.steps`)
    expect(made.find(({ id }) => id === `${handle.id}.steps`)?._parent?.id).toBe(handle.id)
    expect(ids.filter((id) => id.endsWith(".steps"))).toHaveLength(2)
  })
})

describe("a pipeline's machine", () => {
  it("is the one that its live actor runs, and can be started by itself", () => {
    const { supervisor } = setup()
    const pipeline = chain(step("a", [], 0)(), step("b", [], 0))
    expect(pipeline.machine).toBe(pipeline.with({ priority: 1 }).machine)
    expect(createActor(pipeline.machine).start().getSnapshot().value).toBe("a")
    const { pipeline: actor } = supervisor.run(pipeline)
    expect((actor as unknown as { readonly logic: unknown }).logic).toBe(pipeline.machine)
  })
})
