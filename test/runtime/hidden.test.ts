import { describe, expect, it } from "vitest"
import { setup } from "../support/setup.ts"
import { gate, isSettled, untilAborted } from "../support/wait.ts"

describe("a hidden task", () => {
  it("is in neither the tasks, the counts nor the progress", async () => {
    const { supervisor, clock } = setup()
    supervisor.addCoroutine(untilAborted, [], { visible: false })
    const over = supervisor.addCoroutine(() => 1, [], { visible: false })
    await clock.settle()
    expect(over.snapshot.status).toBe("completed")
    expect(supervisor.getSnapshot()).toMatchObject({
      tasks: [],
      progress: 1,
      counts: { pending: 0, running: 0, completed: 0, failed: 0, cancelled: 0 },
    })
  })

  it("is found, gives its events, and can be cancelled", async () => {
    const { supervisor, clock } = setup()
    const go = gate()
    const heard: unknown[] = []
    const acknowledged: boolean[] = []
    const task = supervisor.addCoroutine(
      async (ctx) => {
        await go.opened
        acknowledged.push(await ctx.sendEventAndWait("here" as never, 7))
        await untilAborted(ctx)
      },
      [],
      { visible: false, key: "h", whenEvent: (_task, name, data) => heard.push([name, data]) },
    )
    expect(supervisor.find("h")?.id).toBe(task.id)
    await clock.settle()
    go.open()
    await clock.settle()
    expect(heard).toEqual([["here", 7]])
    expect(acknowledged).toEqual([true])
    expect(await supervisor.cancelTask("h")).toBe("cancelled")
    expect(task.snapshot.visible).toBe(false)
  })

  it("keeps the supervisor from being settled", async () => {
    const { supervisor, clock } = setup()
    const ends = gate()
    supervisor.addCoroutine(() => ends.opened, [], { visible: false })
    await clock.settle()
    expect(await isSettled(supervisor, clock)).toBe(false)
    ends.open()
    await clock.settle()
    expect(await isSettled(supervisor, clock)).toBe(true)
  })
})
