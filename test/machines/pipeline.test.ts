import fc from "fast-check"
import { type PipelineEvent, type PipelineShape, pipelineMachine, type StepShape } from "tasktor/machines"
import { describe, expect, it } from "vitest"
import { createActor } from "xstate"
import { numbersOf } from "../../machines/pipeline/shape.ts"

const task = (name: string): StepShape => ({ type: "task", name })
const chainOf = (...steps: StepShape[]): PipelineShape => ({ type: "sequence", kind: "chain", steps })
const graphOf = (...steps: StepShape[]): PipelineShape => ({
  type: "graph",
  kind: "graph",
  steps: steps.map((runs, number) => ({ name: `step ${number}`, after: [], runs })),
})
const mapOf = (total: number, ...names: string[]): PipelineShape => ({ type: "fan-out", kind: "map", total, names })

function started(shape: PipelineShape) {
  const actor = createActor(pipelineMachine(shape))
  actor.start()
  return actor
}

describe("the machine of a pipeline", () => {
  it("has a state for each step, named after it and numbered where a name comes again", () => {
    const machine = pipelineMachine(
      chainOf(task("scale"), task("scale"), task("failed"), task("7"), task("image.save")),
    )
    const ends = ["completed", "failed", "cancelled"]
    expect(new Set(Object.keys(machine.states))).toEqual(
      new Set(["scale", "scale 2", "failed 2", "7", "image.save", ...ends]),
    )
    expect(started(chainOf(task("scale"), task("7"))).getSnapshot().value).toBe("scale")
  })

  it("goes from step to step, in and out of the pipelines inside", () => {
    const actor = started(chainOf(task("a.b"), chainOf(task("x"), chainOf(task("y"))), mapOf(3, "m", "n"), task("7")))
    const values: unknown[] = [actor.getSnapshot().value]
    for (const number of [1, 3, 2, 6, 7] as const) {
      actor.send({ type: `next.${number}` })
      values.push(actor.getSnapshot().value)
    }
    const map = { map: { m: {}, n: {} } }
    expect(values).toEqual(["a.b", { chain: "x" }, { chain: { chain: "y" } }, map, "7", "7"])
  })

  it("goes back where a pipeline inside, or all of it, is run again", () => {
    const actor = started(chainOf(task("a"), chainOf(task("x"), task("y"))))
    const send = (type: `${"next" | "again"}.${number}`): unknown => {
      actor.send({ type })
      return actor.getSnapshot().value
    }
    expect([send("next.1"), send("next.3"), send("again.2"), send("again.0")]).toEqual([
      { chain: "x" },
      { chain: "y" },
      { chain: "x" },
      "a",
    ])
  })

  it("counts its fan-outs, and tells where it was stopped", () => {
    const actor = started(chainOf(task("a"), mapOf(3, "m")))
    expect(actor.getSnapshot().context.counts["map"]).toEqual({
      total: 3,
      alive: 0,
      completed: 0,
      failed: 0,
      cancelled: 0,
    })
    const counts = { total: 3, alive: 1, completed: 1, failed: 1, cancelled: 0 }
    actor.send({ type: "count", at: "map", counts })
    const outcome = { status: "cancelled", reason: { type: "requested" } } as const
    actor.send({ type: "cancelled", outcome, at: "map" })
    expect(actor.getSnapshot()).toMatchObject({
      status: "done",
      value: "cancelled",
      output: outcome,
      context: { counts: { map: counts }, stoppedAt: "map" },
    })
  })

  it("draws the tasks of a fan-out by their names, unless these are too many", () => {
    const many = Array.from({ length: 17 }, (_, n) => `task ${n}`)
    expect(started(mapOf(2, "m")).getSnapshot().value).toEqual({ map: { m: {} } })
    expect(started(mapOf(20, ...many)).getSnapshot().value).toBe("map")
    expect(started(mapOf(0)).getSnapshot().getMeta()).toEqual({
      "step-0": { fanOut: { kind: "map", total: 0, names: [] } },
    })
  })

  it("goes through each place of any pipeline, by the numbers of its steps", () => {
    const shapes = fc.letrec<{ step: StepShape }>((tie) => ({
      step: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom("a", "b", "c.d", "failed", "1").map(task),
        fc.array(tie("step"), { minLength: 1, maxLength: 4 }).map((steps) => chainOf(...steps)),
        fc.array(tie("step"), { minLength: 1, maxLength: 4 }).map((steps) => graphOf(...steps)),
        fc.uniqueArray(fc.constantFrom("m", "n"), { maxLength: 2 }).map((names) => mapOf(3, ...names)),
      ),
    })).step
    fc.assert(
      fc.property(fc.array(shapes, { minLength: 1, maxLength: 4 }), (steps) => {
        const actor = started(chainOf(...steps))
        const seen = new Set<string>()
        const note = (): void => {
          const value = JSON.stringify(actor.getSnapshot().value)
          expect(seen).not.toContain(value)
          seen.add(value)
        }
        note()
        const walk = (shape: StepShape, own: number): void => {
          if (shape.type === "task" || shape.type === "fan-out") return
          const inner = shape.type === "graph" ? shape.steps.map(({ runs }) => runs) : shape.steps
          for (const [index, step] of inner.entries()) {
            const number = own + (numbersOf(shape)[index] ?? 0)
            const send = (type: PipelineEvent["type"]): void => {
              actor.send({ type } as PipelineEvent)
              note()
            }
            if (shape.type === "graph") send(`begin.${number}`)
            walk(step, number)
            if (shape.type === "graph") send(`completed.${number}`)
            else if (index < shape.steps.length - 1) send(`next.${number}`)
          }
        }
        walk(chainOf(...steps), 0)
        actor.send({ type: "completed", outcome: { status: "completed", output: 1 }, at: "" })
        expect(actor.getSnapshot().value).toBe("completed")
      }),
    )
  })
})

describe("the machine of a graph", () => {
  const diamond: PipelineShape = {
    type: "graph",
    kind: "graph",
    steps: [
      { name: "load", after: [], runs: task("x") },
      { name: "left", after: ["load"], runs: chainOf(task("a"), task("b")) },
      { name: "right", after: ["load"], runs: mapOf(2, "m") },
      { name: "join", after: ["left", "right"], runs: task("y") },
    ],
  }

  it("has a region for each step, with what is inside it, and says what each waits for", () => {
    const actor = started(diamond)
    const waiting = { load: "waiting", left: "waiting", right: "waiting", join: "waiting" }
    expect(actor.getSnapshot().value).toEqual({ graph: waiting })
    const send = (type: PipelineEvent["type"]): void => actor.send({ type } as PipelineEvent)
    const moves = ["begin.1", "completed.1", "begin.2", "begin.5", "next.3", "failed.5", "cancelled.6"] as const
    for (const move of moves) send(move)
    expect(actor.getSnapshot().value).toEqual({
      graph: { load: "completed", left: { running: "b" }, right: "failed", join: "cancelled" },
    })
    const { graph } = actor.logic.config.states ?? {}
    expect(Object.values(graph?.states ?? {}).map(({ meta }) => meta?.after)).toEqual([
      [],
      ["load"],
      ["load"],
      ["left", "right"],
    ])
    send("again.0")
    expect(actor.getSnapshot().value).toEqual({ graph: waiting })
    expect(Object.keys(actor.getSnapshot().context.counts)).toEqual(["graph", "graph.right.running"])
  })

  it("of more than 64 steps is one state, and of none too", () => {
    const tasks = (count: number): StepShape[] => Array.from({ length: count }, (_, n) => task(`${n}`))
    expect(started(graphOf(...tasks(64))).getSnapshot().value).toMatchObject({ graph: { "step 63": "waiting" } })
    expect(started(graphOf(...tasks(65))).getSnapshot().value).toBe("graph")
    expect(started(graphOf()).getSnapshot().value).toBe("graph")
  })
})
