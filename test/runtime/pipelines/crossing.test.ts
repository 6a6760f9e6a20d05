/** A pipeline as plain data, and made again of it: what a worker sends when its body runs one. */
import { chain, chord, chunks, createSupervisor, defineTask, graph, group, map, type TaskCall } from "tasktor"
import { toMermaid } from "tasktor/machines"
import { describe, expect, it } from "vitest"
import { setup } from "../../support/setup.ts"
import type { AnyTaskDefinition } from "../../../runtime/definition/definition.ts"
import type { TaskSettings } from "../../../runtime/definition/settings.ts"
import { callFrom, toldCall, type ToldTask } from "../../../runtime/pipeline/crossing.ts"

const module = import.meta.url
export const add = defineTask({ name: "crossing add", module, run: (_ctx, n: number, more: number = 1) => n + more })
const numbersIn = (value: unknown): readonly number[] =>
  typeof value === "number" ? [value] : Object.values(Object(value) as object).flatMap(numbersIn)
export const sum = defineTask({
  name: "crossing sum",
  module,
  run: (_ctx, all: unknown) => numbersIn(all).reduce((a, b) => a + b, 0),
})

const tell = (definition: AnyTaskDefinition, settings: TaskSettings): ToldTask => ({
  name: definition.taskName,
  module: definition.module ?? "",
  settings,
})

/** There and back, by what threads and processes have: structured clone. */
const crossed = (call: TaskCall<unknown>) => callFrom(structuredClone(toldCall(call, tell))) as TaskCall<unknown>

const kinds: readonly [
  kind: string,
  pipeline: TaskCall<unknown> & { readonly machine: Parameters<typeof toMermaid>[0] },
][] = [
  ["chain", chain(add(1), add, add(2, 3))],
  ["group", group([add(1), chain(add(2), add)], { concurrency: 1 })],
  ["settled group", group([add(1)], { mode: "settled" })],
  ["chord", chord([add(1), add(2)], sum)],
  ["map", map(add, [1, 2, 3], { concurrency: 2 })],
  ["chunks", chunks(add, [1, 2, 3], 2)],
  [
    "graph",
    graph({
      a: add(1),
      b: { after: "a", run: add.with({ weight: 3 }) },
      c: { after: ["a", "b"], run: sum },
      d: { after: [], run: graph({}) },
    }),
  ],
  ["settled graph", graph({ a: add(1), b: { after: ["a"], run: chain(add(1)) } }, { mode: "settled", concurrency: 1 })],
]

describe.each(kinds)("a %s that has crossed", (_kind, pipeline) => {
  it("gives what it gave, with the same machine", async () => {
    const { supervisor } = setup()
    const again = crossed(pipeline) as typeof pipeline
    expect(await supervisor.run(again).result()).toEqual(await supervisor.run(pipeline).result())
    expect(toMermaid(again.machine)).toBe(toMermaid(pipeline.machine))
    expect(again.machine).not.toBe(pipeline.machine)
  })

  it("has the settings of the whole and of its steps", () => {
    const settings = { deadline: "1 minute", weight: 4 } as const
    expect(crossed(pipeline.with(settings)).settings).toMatchObject(settings)
    expect(toldCall(crossed(pipeline), tell)).toEqual(toldCall(pipeline, tell))
  })
})

it("a call that is no pipeline crosses by its definition's name and module", async () => {
  await using supervisor = createSupervisor()
  const told = toldCall(add(1, 2), tell)
  expect(told).toMatchObject({ name: "crossing add", module, args: [1, 2] })
  expect(await supervisor.run(callFrom(told) as TaskCall<unknown>).result()).toBe(3)
})
