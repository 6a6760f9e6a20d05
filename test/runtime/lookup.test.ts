import { createSupervisor, defineTask, TaskNotFoundError } from "tasktor"
import { simulatedClock } from "tasktor/testing"
import { describe, expect, it } from "vitest"
import { setup } from "../support/setup.ts"
import { gate, untilAborted } from "../support/wait.ts"

describe("get", () => {
  it("gives the handle of a living task and of one that has settled", async () => {
    const { supervisor, clock } = setup()
    const living = supervisor.addCoroutine(untilAborted, [])
    const over = supervisor.addCoroutine(() => "over", [])
    await clock.settle()
    expect(supervisor.get(living.id).snapshot).toBe(living.snapshot)
    expect(await supervisor.get(over.id).result()).toBe("over")
  })

  it("throws TaskNotFoundError for an id that no one knows, naming it", () => {
    const { supervisor } = setup()
    expect(() => supervisor.get("nobody")).toThrow(TaskNotFoundError)
    expect(() => supervisor.get("nobody")).toThrow(/"nobody"/)
    for (const id of [undefined, 7, 7n, {}]) expect(() => supervisor.get(id as never)).toThrow(TaskNotFoundError)
  })

  it("does not take a key for an id", async () => {
    const { supervisor } = setup()
    supervisor.addCoroutine(untilAborted, [], { key: "k" })
    expect(() => supervisor.get("k")).toThrow(TaskNotFoundError)
  })

  it("finds the latest settled tasks, as many as the history says, and forgets old ones, never a living one", async () => {
    const { supervisor, clock } = setup({ history: 3 })
    const living = supervisor.addCoroutine(untilAborted, [])
    const over: string[] = []
    for (let i = 0; i < 10; i++) {
      over.push(supervisor.addCoroutine(() => i, []).id)
      await clock.settle()
    }
    expect(supervisor.get(living.id).id).toBe(living.id)
    for (const id of over.slice(-3)) expect(supervisor.get(id).id).toBe(id)
    for (const id of over.slice(0, 4)) expect(() => supervisor.get(id)).toThrow(TaskNotFoundError)
  })

  it("keeps a handle that someone holds usable after it was forgotten", async () => {
    const { supervisor, clock } = setup({ history: 0 })
    const task = supervisor.addCoroutine(() => "kept", [])
    await clock.settle()
    expect(() => supervisor.get(task.id)).toThrow(TaskNotFoundError)
    expect(await task.result()).toBe("kept")
    expect(task.snapshot.status).toBe("completed")
    expect(await task.cancel()).toBe("already-completed")
  })
})

describe("find", () => {
  it("gives the living holder of a key, and undefined when there is none", async () => {
    const { supervisor, clock } = setup()
    const ends = gate()
    const task = supervisor.addCoroutine(() => ends.opened, [], { key: 7 })
    expect(supervisor.find(7)?.id).toBe(task.id)
    expect(supervisor.find(8)).toBeUndefined()
    await clock.settle()
    ends.open()
    await clock.settle()
    expect(supervisor.find(7)).toBeUndefined()
  })
})

describe("ids", () => {
  it("are unique, also across supervisors", async () => {
    const clock = simulatedClock()
    const supervisors = [createSupervisor({ clock }), createSupervisor({ clock })]
    const ids = supervisors.flatMap((supervisor) =>
      Array.from({ length: 1000 }, () => supervisor.addCoroutine(() => 1, []).id),
    )
    expect(new Set(ids).size).toBe(2000)
    await clock.settle()
    for (const supervisor of supervisors) await supervisor.shutdown()
  })
})

describe("inspect", () => {
  it("tells the running, the scheduled and the reserved apart, hidden ones included", async () => {
    const { supervisor, clock } = setup({ concurrency: { coroutine: 2 } })
    const running = supervisor.addCoroutine(untilAborted, [])
    const hidden = supervisor.addCoroutine(untilAborted, [], { visible: false })
    const waiting = supervisor.addCoroutine(untilAborted, [])
    const delayed = supervisor.addCoroutine(() => 1, [], { delay: "1 hour" })
    const backoff = supervisor.addCoroutine(
      () => {
        throw new Error("no")
      },
      [],
      { priority: 9, retry: { maxAttempts: 2, delay: "1 hour", jitter: "none" } },
    )
    await clock.settle()
    await hidden.cancel()
    const again = supervisor.addCoroutine(untilAborted, [], { visible: false, priority: 99 })
    await clock.settle()
    const ids = (tasks: readonly { readonly id: string }[]): string[] => tasks.map(({ id }) => id).toSorted()
    const alive = [running, waiting, delayed, backoff, again]
    const byPhase = (...phases: string[]): string[] =>
      ids(alive.filter(({ snapshot }) => phases.includes(snapshot.phase)))
    expect(ids(supervisor.inspect.active())).toEqual(byPhase("executing", "cancelling"))
    expect(ids(supervisor.inspect.scheduled())).toEqual(byPhase("delayed", "backoff"))
    expect(ids(supervisor.inspect.reserved())).toEqual(byPhase("queued"))
    expect(byPhase("delayed", "backoff")).toContain(delayed.id)
    expect(byPhase("executing")).toContain(running.id)
    const counted = [supervisor.inspect.active(), supervisor.inspect.scheduled(), supervisor.inspect.reserved()].flat()
    expect(counted).toHaveLength(alive.length)
  })

  it("names all definitions that the program has made, in order or not, each once", () => {
    const { supervisor } = setup()
    const registered = defineTask({ name: "registered-once", run: () => 1 })
    registered.with({ priority: 1 })
    expect(supervisor.inspect.registered().filter((name) => name === "registered-once")).toEqual(["registered-once"])
  })

  it("gives its numbers as plain data, which crosses to another place", async () => {
    const { supervisor, clock } = setup()
    supervisor.addCoroutine(untilAborted, [])
    await clock.settle()
    const stats = supervisor.inspect.stats()
    expect(Object.keys(stats).length).toBeGreaterThan(0)
    expect(structuredClone(stats)).toEqual(stats)
  })
})
