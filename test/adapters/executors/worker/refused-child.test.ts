import { createSupervisor } from "tasktor"
import { simulatedClock } from "tasktor/testing"
import { expect, it, onTestFinished } from "vitest"
import * as bodies from "../../../fixtures/conformance/bodies.ts"
import { runsChainFarAway, runsHanging } from "../../../fixtures/conformance/refused-child.ts"
import { setupReal, workers } from "../../../support/setup.ts"

it.each(workers)(
  "a child in a %s that its supervisor refuses when it has imported the definition fails as a task",
  async (executor) => {
    const { supervisor } = setupReal({ defaults: { executor }, concurrency: { [executor]: 1 } })
    const message = expect.stringContaining("a pipeline only waits for its steps")
    const refused = { status: "failed", type: "setup", message }
    expect(await supervisor.run(runsChainFarAway(executor)).result()).toEqual([refused, "sibling"])
  },
)

it("a child whose module hangs where its supervisor is fails in its time, also when its parent's worker has died", async () => {
  const clock = simulatedClock()
  const supervisor = createSupervisor({ clock, defaults: { executor: "thread" }, concurrency: { thread: 2 } })
  onTestFinished(() => supervisor.shutdown({ grace: 0 }))
  const parent = supervisor.run(runsHanging())
  let child = ""
  parent.on("child", (id) => void (child = id))
  // The task waits for its child. That its body has returned can be seen by its idle worker alone.
  while (!JSON.stringify(supervisor.inspect.stats()).includes('"idle":1')) {
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  expect(await supervisor.run(bodies.ends("exit", 3)).outcome()).toMatchObject({ failure: { type: "crash" } })
  expect(parent.snapshot.status).toBe("running")
  await clock.advance("1 minute")
  expect(await parent.result()).toBe("returned")
  expect(supervisor.get(child).snapshot.outcome).toMatchObject({ status: "failed", failure: { type: "setup" } })
})
