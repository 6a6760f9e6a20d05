import { type AnySupervisor, defineTask, events, type Supervisor, TaskNotFoundError, type TaskSnapshot } from "tasktor"
import type { ScriptedBodies } from "tasktor/testing"
import { describe, expect, it, vi } from "vitest"

/** A supervisor with scripted bodies and a history of 3, and a view of it from wherever the suite's owner looks on. */
export interface Viewed {
  readonly supervisor: Supervisor
  readonly bodies: ScriptedBodies
  readonly view: AnySupervisor
  /** Turns the clock until all that follows from what has happened has happened, and has come to the view. */
  arrive(): Promise<void>
}

const carve = defineTask({
  name: "carve",
  events: events<{ chip: number }>(),
  run: (_ctx, wood: string): string => wood,
})

/** What every view of a supervisor has to do, wherever it looks on from. Called once by each. */
export function describeView(open: () => Viewed | Promise<Viewed>): void {
  describe("a task by its id", () => {
    it("is one object for as long as nothing changes, and another one afterwards", async () => {
      const { supervisor, bodies, view, arrive } = await open()
      const { id } = supervisor.run(carve("oak"))
      await arrive()
      const executing = view.snapshotOf(id)
      expect(executing).toMatchObject({ id, name: "carve", phase: "executing", progress: 0 })
      expect(view.snapshotOf(id)).toBe(executing)
      bodies.of(id).report(0.5, "half")
      await arrive()
      expect(view.snapshotOf(id)).toMatchObject({ progress: 0.5, message: "half" })
      expect(executing?.progress).toBe(0)
      bodies.of(id).complete("spoon")
      await arrive()
      expect(view.snapshotOf(id)).toMatchObject({ outcome: { status: "completed", output: "spoon" } })
      expect(view.snapshotOf(id)).toBe(view.snapshotOf(id))
    })

    it("is undefined where nobody knows it", async () => {
      const { view } = await open()
      expect(view.snapshotOf("nobody")).toBeUndefined()
      expect(view.snapshotOf(undefined as never)).toBeUndefined()
    })

    it("is found though it is hidden", async () => {
      const { supervisor, view, arrive } = await open()
      const { id } = supervisor.run(carve("oak"), { visible: false })
      await arrive()
      expect(view.snapshotOf(id)).toMatchObject({ id, visible: false })
      expect(view.getSnapshot().tasks).toEqual([])
    })
  })

  describe("a subscriber to a task", () => {
    it("is called at its changes alone, with what snapshotOf gives, until it unsubscribes", async () => {
      const { supervisor, bodies, view, arrive } = await open()
      const [one, other] = [supervisor.run(carve("oak")), supervisor.run(carve("elm"))]
      await arrive()
      const seen: (TaskSnapshot | undefined)[] = []
      const agrees: boolean[] = []
      const unsubscribe = view.subscribeTo(one.id, (snapshot) => {
        seen.push(snapshot)
        agrees.push(view.snapshotOf(one.id) === snapshot)
      })
      bodies.of(other.id).report(0.9)
      await arrive()
      expect(seen).toEqual([])
      bodies.of(one.id).report(0.5)
      await arrive()
      expect(seen.map((snapshot) => snapshot?.progress)).toEqual([0.5])
      unsubscribe()
      unsubscribe()
      bodies.of(one.id).complete("spoon")
      await arrive()
      expect(seen).toHaveLength(1)
      expect(agrees).toEqual([true])
    })

    it("is told of the end, and of nothing after it", async () => {
      const { supervisor, bodies, view, arrive } = await open()
      const { id } = supervisor.run(carve("oak"))
      await arrive()
      const statuses: string[] = []
      view.subscribeTo(id, ({ status }) => statuses.push(status))
      bodies.of(id).fail(new Error("it split"))
      await arrive()
      expect(statuses.at(-1)).toBe("failed")
      const { length } = statuses
      await view.cancel(id)
      await arrive()
      expect(statuses).toHaveLength(length)
    })

    it("is a subscription of its own each time, also of one function", async () => {
      const { supervisor, bodies, view, arrive } = await open()
      const { id } = supervisor.run(carve("oak"))
      await arrive()
      const listener = vi.fn<() => void>()
      const stopFirst = view.subscribeTo(id, listener)
      view.subscribeTo(id, listener)
      stopFirst()
      bodies.of(id).report(0.5)
      await arrive()
      expect(listener).toHaveBeenCalledTimes(1)
    })

    it("keeps the task from being forgotten, when it comes after the end too", async () => {
      const { supervisor, bodies, view, arrive } = await open()
      const ids = [supervisor.run(carve("oak")).id, supervisor.run(carve("elm")).id, supervisor.run(carve("fir")).id]
      const [early = "", late = "", nobody = ""] = ids
      await arrive()
      const stopEarly = view.subscribeTo(early, () => {})
      for (const id of ids) bodies.of(id).complete(id)
      await arrive()
      const [stopLate, stopLateAgain] = [view.subscribeTo(late, () => {}), view.subscribeTo(late, () => {})]
      await settleMore(supervisor, bodies, arrive)
      expect(view.snapshotOf(early)?.outcome).toEqual({ status: "completed", output: early })
      expect(await view.outcomeOf(late)).toEqual({ status: "completed", output: late })
      expect(view.snapshotOf(nobody)).toBeUndefined()
      stopEarly()
      stopLate()
      stopLate()
      await settleMore(supervisor, bodies, arrive)
      expect(view.snapshotOf(early)).toBeUndefined()
      expect(view.snapshotOf(late)?.status).toBe("completed")
      stopLateAgain()
    })

    it("may be for an id that nobody knows: it is not called", async () => {
      const { supervisor, view, arrive } = await open()
      const listener = vi.fn<() => void>()
      const unsubscribe = view.subscribeTo("nobody", listener)
      supervisor.run(carve("oak"))
      await arrive()
      unsubscribe()
      expect(listener).not.toHaveBeenCalled()
    })

    it("must be a function", async () => {
      const { view } = await open()
      expect(() => view.subscribeTo("nobody", "no function" as never)).toThrow(TypeError)
      expect(() => view.onEventOf("nobody", "chip", undefined as never)).toThrow(TypeError)
    })
  })

  describe("the events of a task", () => {
    it("come in order, those of that name alone, until the listener goes", async () => {
      const { supervisor, bodies, view, arrive } = await open()
      const { id } = supervisor.run(carve("oak"))
      await arrive()
      const chips: unknown[] = []
      const stop = view.onEventOf(id, "chip", (data) => void chips.push(data))
      bodies
        .of(id)
        .event("chip", 1)
        .event("dust", 0)
        .event("chip", { of: ["oak"] })
      await arrive()
      stop()
      bodies.of(id).event("chip", 3)
      await arrive()
      expect(chips).toEqual([1, { of: ["oak"] }])
    })

    it("are none for an id that nobody knows", async () => {
      const { view } = await open()
      expect(() => view.onEventOf("nobody", "chip", () => {})()).not.toThrow()
    })
  })

  describe("the outcome of a task", () => {
    it("is one promise for all that ask, before and after the end", async () => {
      const { supervisor, bodies, view, arrive } = await open()
      const { id } = supervisor.run(carve("oak"))
      await arrive()
      const outcome = view.outcomeOf(id)
      expect(view.outcomeOf(id)).toBe(outcome)
      bodies.of(id).complete("spoon")
      await arrive()
      expect(await outcome).toEqual({ status: "completed", output: "spoon" })
      expect(view.outcomeOf(id)).toBe(outcome)
    })

    it("tells how a task failed, and why it was cancelled", async () => {
      const { supervisor, bodies, view, arrive } = await open()
      const [failing, unwanted] = [supervisor.run(carve("oak")), supervisor.run(carve("elm"))]
      await arrive()
      bodies.of(failing.id).fail(new RangeError("it split"))
      const receipts = view.cancel(unwanted.id, "no elm")
      await arrive()
      expect(await view.outcomeOf(failing.id)).toMatchObject({
        status: "failed",
        failure: { type: "error", error: { name: "RangeError", message: "it split" } },
      })
      expect(await view.outcomeOf(unwanted.id)).toEqual({
        status: "cancelled",
        reason: { type: "requested", message: "no elm" },
      })
      expect(await receipts).toEqual(["cancelled"])
    })

    it("is a TaskNotFoundError for an unknown id: one rejection for all that ask", async () => {
      const { view } = await open()
      const outcome = view.outcomeOf("nobody")
      expect(view.outcomeOf("nobody")).toBe(outcome)
      await expect(outcome).rejects.toThrow(TaskNotFoundError)
      await expect(view.outcomeOf("nobody else")).rejects.toThrow(/"nobody else"/)
    })
  })

  describe("the whole", () => {
    it("is one object until the next change, and is told once in a tick", async () => {
      const { supervisor, bodies, view, arrive } = await open()
      const tasks = Array.from({ length: 20 }, () => supervisor.run(carve("oak")))
      await arrive()
      const before = view.getSnapshot()
      expect(view.getSnapshot()).toBe(before)
      const told = vi.fn<(snapshot: unknown) => void>()
      const unsubscribe = view.subscribe(told)
      for (const { id } of tasks) bodies.of(id).report(0.5)
      await arrive()
      expect(told).toHaveBeenCalledTimes(1)
      expect(view.getSnapshot()).toMatchObject({ progress: 0.5, counts: { running: 20 } })
      expect(view.getSnapshot().tasks.map(({ id }) => id)).toEqual(tasks.map(({ id }) => id))
      unsubscribe()
      bodies.of(tasks[0]?.id ?? "").report(0.9)
      await arrive()
      expect(told).toHaveBeenCalledTimes(1)
    })

    it("tells every fact, in the order of each task, with nothing after the outcome", async () => {
      const { supervisor, bodies, view, arrive } = await open()
      const types: string[] = []
      const sequences: number[] = []
      view.onFact(({ type, sequence }) => {
        types.push(type)
        sequences.push(sequence)
      })
      const { id } = supervisor.run(carve("oak"))
      await arrive()
      bodies.of(id).report(0.5).event("chip", 1).log("info", "sharp")
      await arrive()
      bodies.of(id).complete("spoon")
      await arrive()
      expect(types).toEqual(["submitted", "state", "report", "event", "log", "outcome"])
      expect(sequences).toEqual(sequences.toSorted((a, b) => a - b))
    })
  })

  describe("commands", () => {
    it("run a task, which has its id at once and is seen by that", async () => {
      const { bodies, view, arrive } = await open()
      const handle = view.run(carve("oak"), { key: "spoon", tags: ["wood"] })
      expect(handle.id).toMatch(/./)
      await arrive()
      expect(view.snapshotOf(handle.id)).toMatchObject({ key: "spoon", tags: ["wood"], phase: "executing" })
      bodies.of(handle.id).complete("spoon")
      await arrive()
      expect(await handle.result()).toBe("spoon")
      expect(handle.snapshot.status).toBe("completed")
    })

    it("cancel one by its id, many by what they share, and say so of an unknown one", async () => {
      const { view, arrive } = await open()
      const one = view.run(carve("oak"))
      const many = [view.run(carve("elm"), { tags: ["soft"] }), view.run(carve("fir"), { tags: ["soft"] })]
      await arrive()
      const receipts = Promise.all([view.cancel(one.id), view.cancel({ tag: "soft" }), view.cancel("nobody")])
      await arrive()
      expect(await receipts).toEqual([["cancelled"], ["cancelled", "cancelled"], ["unknown"]])
      expect([one, ...many].map(({ id }) => view.snapshotOf(id)?.status)).toEqual(Array(3).fill("cancelled"))
    })
  })
}

/** More than a history of 3 can keep. */
async function settleMore(supervisor: Supervisor, bodies: ScriptedBodies, arrive: () => Promise<void>): Promise<void> {
  for (let n = 0; n < 8; n++) {
    const { id } = supervisor.run(carve("scrap"))
    await arrive()
    bodies.of(id).complete("scrap")
    await arrive()
  }
}
