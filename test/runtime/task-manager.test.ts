import { taskManager, type TaskSnapshot } from "tasktor"
import { afterAll, describe, expect, it } from "vitest"
import { gate, untilAborted } from "../support/wait.ts"

afterAll(() => taskManager.shutdown())

describe("taskManager", () => {
  it("is a supervisor that is there without being made", async () => {
    const done = gate<string>()
    const updates: [readonly TaskSnapshot[], number][] = []
    const stop = taskManager.tasksUpdated.connect((tasks, progress) => updates.push([tasks, progress]))
    const task = taskManager.addCoroutine(
      async (ctx, url: string) => {
        ctx.setMessage(url)
        return url.length
      },
      ["http://example.test"],
      { key: "downloader", whenDone: ({ snapshot }) => done.open(snapshot.status) },
    )
    expect(taskManager.find("downloader")?.id).toBe(task.id)
    expect(await task.result()).toBe(19)
    expect(await done.opened).toBe("completed")
    expect(await taskManager.settled()).toBe(true)
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
    expect(updates.at(-1)).toEqual([[], 1])
    stop()
  })

  it("is the same for everybody, method by method", async () => {
    const { addCoroutine, cancelTask, getSnapshot } = taskManager
    const task = addCoroutine(untilAborted, [], { key: "shared" })
    expect(getSnapshot().tasks.map(({ id }) => id)).toEqual([task.id])
    expect(await cancelTask("shared")).toBe("cancelled")
    expect(taskManager.getSnapshot().state).toBe("open")
  })
})
