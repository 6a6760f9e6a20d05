/** A live pipeline's machine, persisted and restored. */
import { chain, defineTask, graph, group, map, type Pipeline } from "tasktor"
import { expect, it } from "vitest"
import { createActor } from "xstate"
import { setup } from "../../support/setup.ts"
import { untilAborted } from "../../support/wait.ts"

const load = defineTask({ name: "load", run: (_ctx, _n: number) => 1 })
const waits = defineTask({ name: "waits", run: (ctx, _n?: number) => untilAborted(ctx) })
const bad = defineTask({ name: "bad", run: () => Promise.reject(new RangeError("no")) })

it.each<[string, () => Pipeline<unknown>]>([
  ["a chain", () => chain(load(1), waits)],
  ["a chain in a chain", () => chain(load(1), chain(load(2), waits))],
  ["a map", () => map(waits, [1, 2, 3])],
  ["a graph", () => graph({ a: load(1), b: { after: "a", run: chain(load(1), waits) }, c: { after: "b", run: load } })],
  ["a graph that has settled", () => graph({ a: bad(), b: group([load(1)]) }, { mode: "settled" })],
])("%s stands where it stood, through JSON too", async (_title, make) => {
  const { supervisor, clock } = setup()
  const pipeline = make()
  const { pipeline: actor } = supervisor.run(pipeline)
  await clock.settle()
  const persisted = JSON.parse(JSON.stringify(actor.getPersistedSnapshot())) as never
  const restored = createActor(pipeline.machine, { snapshot: persisted }).start()
  const { value, context, status } = actor.getSnapshot()
  expect(restored.getSnapshot()).toMatchObject({ value, context, status })
})

it("a restored one runs nothing, and can be told what happens", async () => {
  const { supervisor, clock } = setup()
  const pipeline = chain(load(1), waits, load)
  const { pipeline: actor } = supervisor.run(pipeline)
  await clock.settle()
  const restored = createActor(pipeline.machine, { snapshot: actor.getPersistedSnapshot() }).start()
  restored.send({ type: "next.2" })
  expect(restored.getSnapshot().value).toBe("load 2")
  expect(actor.getSnapshot().value).toBe("waits")
})
