import { describe, expect, it } from "vitest"
import { setup } from "../support/setup.ts"
import { gate } from "../support/wait.ts"

describe("the supervisor's snapshot", () => {
  it("is the same object while nothing changes", async () => {
    const { supervisor, clock } = setup()
    const ends = gate()
    const idle = supervisor.getSnapshot()
    expect(supervisor.getSnapshot()).toBe(idle)
    const task = supervisor.addCoroutine(() => ends.opened, [])
    const waiting = supervisor.getSnapshot()
    expect(waiting).not.toBe(idle)
    expect(supervisor.getSnapshot()).toBe(waiting)
    expect(supervisor.getSnapshot().tasks).toBe(waiting.tasks)
    ends.open()
    await clock.settle()
    expect(supervisor.getSnapshot()).not.toBe(waiting)
    expect(task.snapshot.status).toBe("completed")
  })

  it("keeps what it promised, when it is read only after everything has changed", async () => {
    const { supervisor, clock } = setup()
    const ends = gate()
    const before = supervisor.getSnapshot()
    const tasks = Array.from({ length: 600 }, () => supervisor.addCoroutine(() => ends.opened, []))
    const pending = supervisor.getSnapshot()
    await clock.settle()
    const running = supervisor.getSnapshot()
    ends.open()
    await clock.settle()
    expect(supervisor.getSnapshot().tasks).toEqual([])
    expect(before.tasks).toEqual([])
    expect(pending.tasks.map(({ id }) => id)).toEqual(tasks.map(({ id }) => id))
    expect(new Set(pending.tasks.map(({ status }) => status))).toEqual(new Set(["pending"]))
    expect(new Set(running.tasks.map(({ status }) => status))).toEqual(new Set(["running"]))
  })
})

describe("limits of a definition", () => {
  it("are not shared by coroutines that only have no name", async () => {
    const { supervisor, clock } = setup()
    const ends = gate()
    const first = supervisor.addCoroutine(() => ends.opened, [], { concurrency: 1 })
    const second = supervisor.addCoroutine(() => "free", [], { concurrency: 1 })
    await clock.settle()
    expect([first.snapshot.status, second.snapshot.status]).toEqual(["running", "completed"])
    ends.open()
    await clock.settle()
  })
})
