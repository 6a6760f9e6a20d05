import type { Outcome, Pipeline, PipelineActor, PipelineHandle, Supervisor } from "tasktor"
import { chain, chord, chunks, defineTask, events, group, map } from "tasktor"
import { describe, expectTypeOf, it } from "vitest"
import type { AnyStateMachine } from "xstate"

declare const supervisor: Supervisor
const load = defineTask({ name: "load", run: async (_ctx, _url: string) => new Uint8Array(1) as Uint8Array })
const trace = defineTask({
  name: "trace",
  events: events<{ contour: number }>(),
  run: (_ctx, _image: Uint8Array, _threshold: number = 0.5) => ({ contours: 1 }),
})
const measure = defineTask({ name: "measure", run: (_ctx, drawing: { contours: number }) => drawing.contours })
const sum = defineTask({ name: "sum", run: (_ctx, counts: readonly number[]) => counts.length })
const tick = defineTask({ name: "tick", run: () => "tock" })
const scale = defineTask({ name: "scale", run: (_ctx, n: number, by: number) => n * by })

describe("chain", () => {
  it("gives what its last step gives", () => {
    expectTypeOf(chain(load("a"))).toEqualTypeOf<Pipeline<Uint8Array>>()
    expectTypeOf(chain(load("a"), trace, measure)).toEqualTypeOf<Pipeline<number>>()
    expectTypeOf(chain(load("a"), trace, tick)).toEqualTypeOf<Pipeline<string>>()
    expectTypeOf(chain(load("a"), trace, measure({ contours: 2 }))).toEqualTypeOf<Pipeline<number>>()
    expectTypeOf(chain(load("a"), chain(load("b"), trace), measure)).toEqualTypeOf<Pipeline<number>>()
    expectTypeOf(chain(load("a"), map(measure, [{ contours: 1 }]), sum)).toEqualTypeOf<Pipeline<number>>()
  })

  it("of any length, where each step gives what it takes", () => {
    const twice = defineTask({ name: "twice", run: (_ctx, n: number) => n * 2 })
    expectTypeOf(chain(twice(1), ...[twice, twice, twice])).toEqualTypeOf<Pipeline<number>>()
    expectTypeOf(chain(twice(1), twice, twice, twice, twice, twice, twice, twice)).toEqualTypeOf<Pipeline<number>>()
    // @ts-expect-error one of them takes something else
    chain(twice(1), twice, twice, twice, twice, twice, twice, measure)
  })

  it("takes no step that cannot take what comes before it", () => {
    expectTypeOf(chain(load("a"), trace)).toExtend<Pipeline<unknown>>()
    // @ts-expect-error `sum` does not take what `trace` returns
    chain(load("a"), trace, sum)
    // @ts-expect-error in the wrong order
    chain(load("a"), measure, trace)
    // @ts-expect-error `scale` needs a second argument, which nobody gives it
    chain(measure({ contours: 1 }), scale)
    // @ts-expect-error a pipeline inside gives numbers, and `trace` takes an image
    chain(load("a"), group([measure({ contours: 1 })]), trace)
    // @ts-expect-error nothing comes before the first step
    chain(load, trace)
    // @ts-expect-error nothing to do
    chain()
    // @ts-expect-error a function is no task
    chain(load("a"), (image: Uint8Array) => image.length)
  })
})

describe("group", () => {
  it("gives an array, each output in its place", () => {
    expectTypeOf(supervisor.run(group([measure({ contours: 1 }), tick()])).result()).toEqualTypeOf<
      Promise<[number, string]>
    >()
    const many = [1, 2, 3].map((contours) => measure({ contours }))
    expectTypeOf(group(many)).toEqualTypeOf<Pipeline<number[]>>()
    expectTypeOf(group([])).toEqualTypeOf<Pipeline<[]>>()
  })

  it("gives outcomes when all are to settle", () => {
    const many = [1, 2, 3].map((contours) => measure({ contours }))
    expectTypeOf(group(many, { mode: "settled", concurrency: 2 })).toEqualTypeOf<Pipeline<Outcome<number>[]>>()
    expectTypeOf(map(measure, [{ contours: 1 }], { mode: "settled" })).toEqualTypeOf<Pipeline<Outcome<number>[]>>()
    // @ts-expect-error no such mode
    group(many, { mode: "first" })
    // @ts-expect-error definitions are not calls
    group([measure])
  })
})

describe("chord", () => {
  it("gives what its body gives, which takes what the header gives", () => {
    expectTypeOf(chord([measure({ contours: 1 }), measure({ contours: 2 })], sum)).toEqualTypeOf<Pipeline<number>>()
    const report = defineTask({ name: "report", run: (_ctx, [n, text]: [number, string]) => `${n} ${text}` })
    expectTypeOf(chord([measure({ contours: 1 }), tick()], report)).toEqualTypeOf<Pipeline<string>>()
    // @ts-expect-error a header of texts
    chord([tick(), tick()], sum)
    // @ts-expect-error outcomes are no numbers
    chord([measure({ contours: 1 })], sum, { mode: "settled" })
  })
})

describe("map and chunks", () => {
  it("type their items by the task", () => {
    expectTypeOf(map(measure, [{ contours: 1 }])).toEqualTypeOf<Pipeline<number[]>>()
    expectTypeOf(chunks(measure, [{ contours: 1 }], 10)).toEqualTypeOf<Pipeline<number[][]>>()
    // @ts-expect-error items of another type
    map(measure, ["a"])
    // @ts-expect-error a call has its arguments already
    map(measure({ contours: 1 }), [{ contours: 1 }])
    // @ts-expect-error how many to one task?
    chunks(measure, [{ contours: 1 }])
  })
})

describe("a pipeline", () => {
  it("is a call with a machine, and its handle has the machine's actor", () => {
    const pipeline = chain(load("a"), trace)
    expectTypeOf(pipeline.machine).toEqualTypeOf<AnyStateMachine>()
    expectTypeOf(pipeline.with({ retry: { maxAttempts: 2 }, weight: 3 })).toEqualTypeOf<
      Pipeline<{ contours: number }>
    >()
    const handle = supervisor.run(pipeline, { key: "one" })
    expectTypeOf(handle).toEqualTypeOf<PipelineHandle<{ contours: number }>>()
    expectTypeOf(handle.pipeline).toEqualTypeOf<PipelineActor>()
    expectTypeOf(supervisor.run(tick()).pipeline).toEqualTypeOf<PipelineActor | undefined>()
  })
})
