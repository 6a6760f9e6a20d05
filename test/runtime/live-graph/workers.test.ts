import { graph, keepFresh } from "tasktor"
import { expect, it } from "vitest"
import { add, double, joins } from "../../fixtures/composed.ts"
import { setupReal } from "../../support/setup.ts"

it("steps are computed where they say, again too", async () => {
  const { supervisor } = setupReal({ concurrency: { thread: 2, process: 1 } })
  const live = keepFresh(
    supervisor,
    graph({
      one: double(1),
      two: { after: "one", run: double },
      sum: add([1, 2]),
      first: { after: "two", run: double },
      joined: { after: ["first", "sum"], run: joins },
    }),
  )
  expect(await live.outcome()).toMatchObject({ output: { first: 8, sum: 3, joined: "8 and 3" } })
  live.invalidate("one", double(10))
  live.invalidate("sum", add([5], 5))
  expect(await live.outcome()).toMatchObject({ output: { one: 20, first: 80, joined: "80 and 10" } })
  await live.stop()
})
