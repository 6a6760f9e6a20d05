import type { Graph, LiveGraph, LiveGraphActor, LiveStepState, Outcome, Supervisor } from "tasktor"
import { chain, defineTask, graph, keepFresh } from "tasktor"
import { describe, expectTypeOf, it } from "vitest"

declare const supervisor: Supervisor
const read = defineTask({ name: "read", run: async (_ctx, _file: string) => "text" })
const size = defineTask({ name: "size", run: (_ctx, text: string) => text.length })
const page = graph({ text: read("a"), size: { after: "text", run: size } })

describe("keepFresh", () => {
  it("knows the outputs of the steps", () => {
    const live = keepFresh(supervisor, page)
    expectTypeOf(live).toExtend<LiveGraph<{ text: string; size: number }>>()
    expectTypeOf(live.snapshot.steps.size.output).toEqualTypeOf<number | undefined>()
    expectTypeOf(live.snapshot.steps.text.state).toEqualTypeOf<LiveStepState>()
    expectTypeOf(live.outcome()).resolves.toEqualTypeOf<Outcome<{ text: string; size: number }>>()
    expectTypeOf(live.refresh({ force: true })).resolves.toExtend<Outcome<{ size: number }>>()
    expectTypeOf(live.actor).toEqualTypeOf<LiveGraphActor>()
    live.subscribe(({ steps }) => void expectTypeOf(steps.size.version).toEqualTypeOf<number>())
    // @ts-expect-error no step of that name
    void live.snapshot.steps.lines
  })

  it("is told of steps that there are, and takes calls that give what they gave", () => {
    const live = keepFresh(supervisor, page, {
      mode: "manual",
      debounce: "200 ms",
      isEqual: (a, b, step) => a === b || step === "size",
    })
    live.invalidate()
    live.invalidate("text")
    live.invalidate("text", read("b"))
    live.invalidate("size", size("text"))
    expectTypeOf(live.invalidate).toBeFunction()
    // @ts-expect-error no step of that name
    live.invalidate("lines")
    // @ts-expect-error a size is no text
    live.invalidate("text", size("text"))
    // @ts-expect-error a definition is no call
    live.invalidate("text", read)
    // @ts-expect-error no such mode
    keepFresh(supervisor, page, { mode: "auto" })
    // @ts-expect-error no step of that name to compare
    keepFresh(supervisor, page, { isEqual: (_a, _b, step) => step === "lines" })
  })

  it("keeps graphs, and no other pipelines; a settled one's steps too", () => {
    // @ts-expect-error a chain has no names for its steps
    const kept = keepFresh(supervisor, chain(read("a"), size)).snapshot.steps.size
    expectTypeOf(kept).not.toBeNever()
    const settled = graph({ text: read("a") }, { mode: "settled" })
    expectTypeOf(keepFresh(supervisor, settled).snapshot.steps.text.output).toEqualTypeOf<string | undefined>()
    const some = {} as Graph<Record<string, number>>
    expectTypeOf(keepFresh(supervisor, some).snapshot.steps["a"]?.output).toEqualTypeOf<number | undefined>()
  })
})
