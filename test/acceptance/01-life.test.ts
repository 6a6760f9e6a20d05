import { describe, expect, it } from "vitest"
import { tenSteps, tenStepsAsync } from "../fixtures/bodies.ts"
import { tenStepsEffect } from "../fixtures/effect-bodies.ts"
import { executors, setupFor } from "../support/setup.ts"
import { statusesOf } from "../support/wait.ts"

describe.each(executors)("1. the life of a task: %s", (executor) => {
  it.each([
    ["a plain function", tenSteps],
    ["an async function", tenStepsAsync],
    ["an Effect", tenStepsEffect],
  ] as const)("%s goes from pending to running to completed", async (_title, definition) => {
    const { supervisor, wait } = setupFor(executor)
    const done: string[] = []
    const task = supervisor.run(definition(), { executor, whenDone: ({ snapshot }) => done.push(snapshot.status) })
    const statuses = statusesOf(task)
    expect(supervisor.getSnapshot()).toMatchObject({ tasks: [{ id: task.id, status: "pending" }], progress: 0 })
    expect(await wait(task.result())).toBe("done")
    expect(await wait(supervisor.settled())).toBe(true)
    expect(statuses).toEqual(["pending", "running", "completed"])
    expect(task.snapshot).toMatchObject({ executor, attempt: 1, progress: 1, message: "step 10" })
    expect(task.snapshot.outcome).toEqual({ status: "completed", output: "done" })
    expect(done).toEqual(["completed"])
    expect(supervisor.getSnapshot()).toMatchObject({ tasks: [], progress: 1, counts: { running: 0, completed: 1 } })
    expect(supervisor.inspect.active()).toEqual([])
  })
})
