import { chain, chunks, map } from "tasktor"
import { expect, it } from "vitest"
import { add, composes, double, where } from "../../fixtures/composed.ts"
import { executors, setupReal } from "../../support/setup.ts"

it("steps run where they say, and hand over what crosses", async () => {
  const { supervisor } = setupReal({ concurrency: { thread: 1, process: 1 } })
  const handle = supervisor.run(chain(map(double, [1, 2, 3]), add, double))
  expect(await handle.result()).toBe(24)
})

it("a chunk is one task in one worker", async () => {
  const { supervisor } = setupReal({ concurrency: { thread: 2 } })
  const [first = [], second = []] = await supervisor.run(chunks(where, ["a", "b", "c"], 2)).result()
  expect([first.length, second.length]).toEqual([2, 1])
  expect(first.map((text) => text.slice(0, 4))).toEqual(["a in", "b in"])
  expect(new Set([...first, ...second].map((text) => text.slice(5))).size).toBe(2)
})

it.each(executors)("a body in a %s runs pipelines of all kinds as its children", async (executor) => {
  const { supervisor } = setupReal({ concurrency: { thread: 1, process: 1 } })
  const handle = supervisor.run(composes([1, 2, 3]), { executor })
  expect(await handle.result()).toEqual([
    12,
    24,
    [
      { status: "completed", output: [[2, 4], [6]] },
      { status: "completed", output: [] },
    ],
    { first: 2, all: [2, 4, 6], sum: 12, joined: "2 and 12" },
  ])
})
