import type { Attempt } from "tasktor"
import { expect, it } from "vitest"
import { type ChildCall, fromWorker } from "../../../../adapters/executors/worker/envelopes.ts"
import type { FakeWorker } from "./fake-transport.ts"
import { warm, world, type World } from "./world.ts"

type Listener = (data: unknown) => void | Promise<void>

const call: ChildCall = {
  id: "child",
  name: "pooled",
  module: "file:///pooled.js",
  args: [],
  settings: {},
  options: {},
  callsBack: { whenDone: false, whenEvent: false },
  share: { node: 0, base: 0, range: 1, total: undefined, weight: 1 },
}

/** Runs a body whose child's events the test tells. */
function runParent(all: World, id: string): { readonly listeners: readonly Listener[] } {
  const listeners: Listener[] = []
  const child = { id: "child", on: (_name: string, listener: Listener) => listeners.push(listener) }
  const link = { progress: () => {}, run: () => child } as unknown as Attempt["link"]
  all.run(id, { link })
  return { listeners }
}

function listens(worker: FakeWorker, id: string): void {
  const ticket = worker.ticketOf(id)
  worker.begins(id)
  worker.says([fromWorker.runChild, ticket, 0, 0, call])
  worker.says([fromWorker.listenToChild, ticket, 0, "word"])
  worker.says([fromWorker.beginChildren, ticket])
}

it("a child's event that cannot be cloned is no answer to the next body, whose requests have the same numbers", async () => {
  const all = world()
  const [worker] = (await warm(all, 1)) as [FakeWorker]
  const [first, second] = [runParent(all, "first"), runParent(all, "second")]
  await all.turn()
  listens(worker, "first")
  const refused = Promise.resolve(first.listeners[0]?.({ callback: () => {} })).catch(() => "refused")
  worker.returns("first")
  listens(worker, "second")
  const handled = Promise.resolve(second.listeners[0]?.("hello")).then(() => "handled")
  await all.turn()
  worker.says([fromWorker.handled, worker.ticketOf("second"), 1, true, undefined])
  expect(await Promise.all([refused, handled])).toEqual(["refused", "handled"])
})

it("a child's event has its object as it was, whatever the child makes of it next", async () => {
  const all = world()
  const [worker] = (await warm(all, 1)) as [FakeWorker]
  const parent = runParent(all, "parent")
  await all.turn()
  listens(worker, "parent")
  const tile = { row: 0 }
  for (; tile.row < 3; tile.row++) void parent.listeners[0]?.(tile)
  await all.turn()
  expect(worker.childEvents).toEqual([{ row: 0 }, { row: 1 }, { row: 2 }])
})
