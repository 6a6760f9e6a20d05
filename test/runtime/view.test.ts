import { scriptedBodies } from "tasktor/testing"
import { describe, expect, it } from "vitest"
import { describeView } from "../conformance/view.ts"
import { setup } from "../support/setup.ts"

describe("a supervisor as a view of itself", () => {
  describeView(() => {
    const bodies = scriptedBodies()
    const { supervisor, clock } = setup({ executors: bodies.executors, history: 3 })
    return { supervisor, bodies, view: supervisor, arrive: () => clock.settle() }
  })

  it("keeps the rejections for the latest thousand unknown ids", async () => {
    const { supervisor } = setup()
    const first = supervisor.outcomeOf("unknown 0")
    const others = Array.from({ length: 1000 }, (_, n) => supervisor.outcomeOf(`unknown ${n + 1}`))
    expect(supervisor.outcomeOf("unknown 1")).toBe(others[0])
    const again = supervisor.outcomeOf("unknown 0")
    expect(again).not.toBe(first)
    const endings = await Promise.allSettled([first, again, ...others])
    expect(endings.every(({ status }) => status === "rejected")).toBe(true)
  })
})
