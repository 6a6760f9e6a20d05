import fc from "fast-check"
import { type PipelineShape, pipelineMachine, type StepShape } from "tasktor/machines"
import { describe, expect, it } from "vitest"
import { createActor } from "xstate"
import { leafCount, pathOf } from "../../machines/pipeline/shape.ts"

const task = (name: string): StepShape => ({ type: "task", name })
const chainOf = (...steps: StepShape[]): PipelineShape => ({ type: "sequence", kind: "chain", steps })
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
    for (let step = 0; step < 5; step++) {
      actor.send({ type: "next" })
      values.push(actor.getSnapshot().value)
    }
    const map = { map: { m: {}, n: {} } }
    expect(values).toEqual(["a.b", { chain: "x" }, { chain: { chain: "y" } }, map, "7", "7"])
  })

  it("goes back where a pipeline inside, or all of it, is run again", () => {
    const actor = started(chainOf(task("a"), chainOf(task("x"), task("y"))))
    const send = (type: "next" | `again.${number}`): unknown => {
      actor.send({ type })
      return actor.getSnapshot().value
    }
    expect([send("next"), send("next"), send("again.1"), send("again.0")]).toEqual([
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
      "leaf-0": { fanOut: { kind: "map", total: 0, names: [] } },
    })
  })

  it("stands where `pathOf` says, at each place of any pipeline", () => {
    const shapes = fc.letrec<{ step: StepShape }>((tie) => ({
      step: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom("a", "b", "c.d", "failed", "1").map(task),
        fc.array(tie("step"), { minLength: 1, maxLength: 4 }).map((steps) => chainOf(...steps)),
        fc.uniqueArray(fc.constantFrom("m", "n"), { maxLength: 2 }).map((names) => mapOf(3, ...names)),
      ),
    })).step
    fc.assert(
      fc.property(fc.array(shapes, { minLength: 1, maxLength: 4 }), (steps) => {
        const shape = chainOf(...steps)
        const actor = started(shape)
        for (let leaf = 0; leaf < leafCount(shape); leaf++) {
          const path = pathOf(shape, leaf)
          const deepest = path.reduce<unknown>(
            (value, name) =>
              typeof value === "object" && value !== null && name in value
                ? (value as Record<string, unknown>)[name]
                : { is: value === name },
            actor.getSnapshot().value,
          )
          expect([{ is: true }, {}, { m: {} }, { n: {} }, { m: {}, n: {} }, { n: {}, m: {} }]).toContainEqual(deepest)
          actor.send({ type: "next" })
        }
      }),
    )
  })
})
