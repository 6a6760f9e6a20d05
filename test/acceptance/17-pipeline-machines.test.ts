import { chain, defineTask, group, type TaskContext } from "tasktor"
import { expect, it } from "vitest"
import { waitFor } from "xstate"
import { setup } from "../support/setup.ts"
import { gate, untilAborted } from "../support/wait.ts"

it("17. a pipeline's machine, asked for its states, names the steps; its live actor shows the current step", async () => {
  const { supervisor, clock } = setup()
  const gates = { load: gate(), trace: gate(), measure: gate() }
  const step = (name: keyof typeof gates) => defineTask({ name, run: (_ctx) => gates[name].opened })
  const pipeline = chain(step("load")(), step("trace"), step("measure"))
  expect(Object.keys(pipeline.machine.states)).toEqual(["load", "trace", "measure", "completed", "failed", "cancelled"])

  const handle = supervisor.run(pipeline)
  const actor = handle.pipeline
  expect(actor.getSnapshot().value).toBe("load")
  gates.load.open()
  await waitFor(actor, ({ value }) => value === "trace")
  await clock.advance("1 second")
  expect(handle.snapshot).toMatchObject({ status: "running", message: "trace (2 of 3)" })
  gates.trace.open()
  await waitFor(actor, ({ value }) => value === "measure")
  gates.measure.open()
  await handle.result()
  expect(actor.getSnapshot()).toMatchObject({ status: "done", value: "completed", output: { status: "completed" } })
})

it("17. cancelling it cancels the running children first and reaches grandchildren", async () => {
  const { supervisor, clock } = setup()
  const ends: string[] = []
  const works = async (ctx: TaskContext): Promise<never> => untilAborted(ctx)
  const grandchild = defineTask({ name: "grandchild", run: works })
  const parent = defineTask({ name: "parent", run: (ctx) => ctx.run(grandchild()).result() })
  const child = defineTask({ name: "child", run: works })
  const never = defineTask({ name: "never", run: () => ends.push("it ran") })
  const handle = supervisor.run(chain(group([parent(), child()]), never))
  await clock.settle()
  supervisor.onFact((fact) => {
    if (fact.type === "outcome") ends.push(fact.name)
  })
  const receipt = handle.cancel("enough")
  await clock.settle()
  expect(await receipt).toBe("cancelled")
  expect(ends).toHaveLength(5)
  expect(ends.indexOf("grandchild")).toBeLessThan(ends.indexOf("parent"))
  expect(ends.slice(-2)).toEqual(["group", "chain"])
  expect(handle.snapshot.outcome).toEqual({ status: "cancelled", reason: { type: "requested", message: "enough" } })
  expect(handle.pipeline.getSnapshot()).toMatchObject({
    value: "cancelled",
    context: { stoppedAt: "group" },
  })
})
