import type { Graph, Outcome, Pipeline, PipelineActor, PipelineHandle, Supervisor, TaskCall } from "tasktor"
import { chain, chord, chunks, defineTask, events, graph, group, map } from "tasktor"
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
    // @ts-expect-error so does one of an array
    chain(twice(1), ...[twice, twice, measure])
    const many = chain(
      twice(1),
      twice,
      twice,
      twice,
      twice,
      twice,
      twice,
      twice,
      twice,
      twice,
      twice,
      twice,
      twice,
      twice,
    )
    expectTypeOf(many).toEqualTypeOf<Pipeline<number>>()
  })

  it("follows twelve steps, each of another type", () => {
    const text = defineTask({ name: "text", run: (_ctx, n: number) => String(n) })
    const length = defineTask({ name: "length", run: (_ctx, value: string) => value.length })
    const seven = chain(text(1), length, text, length, text, length, text)
    expectTypeOf(seven).toEqualTypeOf<Pipeline<string>>()
    const twelve = chain(text(1), length, text, length, text, length, text, length, text, length, text, length)
    expectTypeOf(twelve).toEqualTypeOf<Pipeline<number>>()
    chain(
      text(1),
      length,
      // @ts-expect-error it is this step that does not fit, not the one before it or the one after it
      length,
      text,
      length,
      text,
      length,
      text,
    )
    chain(
      text(1),
      // @ts-expect-error nor is it the last one
      text,
      length,
    )
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

describe("graph", () => {
  const report = defineTask({
    name: "report",
    run: (_ctx, { drawing, size }: { drawing: { contours: number }; size: number }) => `${drawing.contours} ${size}`,
  })
  const steps = {
    image: load("a"),
    drawing: { after: "image", run: trace },
    size: { after: "drawing", run: measure },
    text: { after: ["drawing", "size"], run: report },
  } as const

  it("gives what each step gives, by its name", () => {
    interface Outputs {
      image: Uint8Array
      drawing: { contours: number }
      size: number
      text: string
    }
    expectTypeOf(graph(steps)).toExtend<Graph<Outputs>>()
    expectTypeOf(supervisor.run(graph(steps)).result()).resolves.toEqualTypeOf<{
      [Name in keyof Outputs]: Outputs[Name]
    }>()
    expectTypeOf(supervisor.run(graph(steps, { mode: "settled" })).result()).resolves.toEqualTypeOf<{
      [Name in keyof Outputs]: Outcome<Outputs[Name]>
    }>()
    expectTypeOf(supervisor.run(graph({})).result()).resolves.toEqualTypeOf<{}>()
    expectTypeOf(graph(steps).with({ weight: 2 })).toExtend<Graph<Outputs>>()
  })

  it("nests both ways", () => {
    const pick = defineTask({ name: "pick", run: (_ctx, all: { size: number }) => all.size })
    expectTypeOf(chain(graph(steps), pick)).toEqualTypeOf<Pipeline<number>>()
    const outer = graph({
      inner: graph(steps),
      picked: { after: "inner", run: pick },
      rest: { after: "picked", run: group([tick()]) },
    })
    expectTypeOf(supervisor.run(outer).result()).resolves.toExtend<{ picked: number; rest: [string] }>()
  })

  it("takes names that are computed", () => {
    const files = ["a", "b"]
    const many = graph(Object.fromEntries(files.map((file) => [file, { after: files.slice(0, 0), run: load(file) }])))
    expectTypeOf(supervisor.run(many).result()).resolves.toEqualTypeOf<{ [name: string]: Uint8Array }>()
    const calls: Record<string, TaskCall<number>> = {}
    expectTypeOf(graph({ ...calls })).toExtend<Graph<Record<string, number>>>()
  })

  it("takes no step that cannot take what those before it give", () => {
    const image = load("a")
    const drawing = { after: "image", run: trace } as const
    expectTypeOf(graph({ image, drawing })).toExtend<Pipeline<unknown>>()
    // @ts-expect-error no step of that name
    graph({ image, drawing: { after: "picture", run: trace } })
    // @ts-expect-error no step of that name in the list
    graph({ image, ticks: { after: ["image", "picture"], run: tick } })
    // @ts-expect-error it would wait for itself
    graph({ image, drawing: { after: "drawing", run: tick } })
    // @ts-expect-error `measure` takes a drawing, and not an image
    graph({ image, size: { after: "image", run: measure } })
    // @ts-expect-error a list of one gives an object, and `trace` takes the image itself
    graph({ image, drawing: { after: ["image"], run: trace } })
    // @ts-expect-error `report` takes a size as well
    graph({ image, drawing, text: { after: ["drawing"], run: report } })
    // @ts-expect-error nothing comes before a step that stands alone
    graph({ image, drawing: trace })
    // @ts-expect-error a function is no task
    graph({ image, size: { after: "image", run: (one: Uint8Array) => one.length } })
    // @ts-expect-error `scale` needs a second argument, which nobody gives it
    graph({ n: measure({ contours: 1 }), scaled: { after: "n", run: scale } })
    // @ts-expect-error no such mode
    graph({ image }, { mode: "first" })
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
