import fc from "fast-check"
import { taskLogic, taskMachine, transition, type TaskEvent, type TaskSnapshot } from "tasktor/machines"
import { describe, expect, it } from "vitest"
import { createActor, initialTransition, transition as step } from "xstate"
import { getShortestPaths } from "xstate/graph"
import { newborn, type TaskBirth } from "../../machines/task/snapshot.ts"

const queued: TaskBirth = {
  id: "t1",
  key: ["machine", 7],
  name: "carve",
  executor: "coroutine",
  submittedAt: 1000,
  tags: ["red"],
  visible: true,
}
const delayed: TaskBirth = { ...queued, id: "t2", notBefore: 5000 }
const births = { "born queued": queued, "born delayed": delayed }

const error = new Error("no more wood")
const events: readonly TaskEvent[] = [
  { type: "due" },
  { type: "start", at: 2000 },
  { type: "report", progress: 0.25, message: undefined },
  { type: "report", progress: 0.75, message: "three quarters" },
  { type: "emit", name: "chip", data: { size: 1 } },
  { type: "log", level: "info", data: ["sharp"] },
  { type: "cancel", reason: { type: "requested", message: "enough" }, at: 3000 },
  { type: "cancel", reason: { type: "shutdown" }, at: 3001 },
  { type: "complete", output: undefined, at: 4000 },
  { type: "complete", output: "a chair", at: 4001 },
  { type: "fail", failure: { type: "error", error }, at: 4002 },
  { type: "fail", failure: { type: "crash", exitCode: 9 }, at: 4003, retryAt: 6000 },
  { type: "stop", at: 4004 },
]
const anyEvent = fc.constantFrom(...events)

/** Two snapshots that a test cannot tell apart by what may happen next; the counters grow for ever and would never end the search. */
function place({ value, context }: { readonly value: unknown; readonly context: TaskSnapshot }): string {
  const { progress, message, cancelReason, outcome, failures } = context
  return JSON.stringify([value, progress, message, cancelReason, outcome, failures.length > 0])
}

/** Where a history leads. It asks the logic itself, because an actor that has ended swallows what it is sent. */
function after(logic: typeof taskMachine | typeof taskLogic, birth: TaskBirth, history: readonly TaskEvent[]) {
  const same = logic as typeof taskMachine
  let [snapshot] = initialTransition(same, birth)
  for (const event of history) [snapshot] = step(same, snapshot, event)
  const { value, status, context, output } = snapshot
  return { value, status, context, output }
}

function reachable(birth: TaskBirth): readonly { readonly value: unknown; readonly history: readonly TaskEvent[] }[] {
  const paths = getShortestPaths(taskMachine, {
    input: birth,
    events,
    serializeState: (state) => place(state),
  })
  return paths.map(({ state, steps }) => ({
    value: state.value,
    history: steps.map((step) => step.event).filter((event) => event.type !== ("xstate.init" as string)),
  }))
}

describe.each(Object.entries(births))("a task %s", (_title, birth) => {
  const states = reachable(birth)

  it("can come to every state of its life", () => {
    const values = new Set(states.map(({ value }) => JSON.stringify(value)))
    const expected = [
      { pending: "queued" },
      { pending: "backoff" },
      { running: "executing" },
      { running: "cancelling" },
      "completed",
      "failed",
      "cancelled",
      ...(birth.notBefore === undefined ? [] : [{ pending: "delayed" }]),
    ]
    expect([...values].toSorted()).toEqual(expected.map((value) => JSON.stringify(value)).toSorted())
  })

  it("is the same in the statechart and in the fast logic: every reachable state × every event", () => {
    let compared = 0
    for (const { history } of states) {
      for (const event of events) {
        const way = [...history, event]
        expect(after(taskLogic, birth, way), JSON.stringify(way)).toStrictEqual(after(taskMachine, birth, way))
        compared++
      }
    }
    expect(compared).toBeGreaterThan(20 * events.length)
  })

  it("is the same after any history, however long", () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 40 }), (history) => {
        expect(after(taskLogic, birth, history)).toStrictEqual(after(taskMachine, birth, history))
      }),
    )
  })

  it("is the same as the pure function, which answers an event it does not accept with the very same object", () => {
    for (const { history } of states) {
      const before = after(taskMachine, birth, history).context
      for (const event of events) {
        const next = transition(before, event)
        const expected = after(taskMachine, birth, [...history, event]).context
        expect(next).toStrictEqual(expected)
        expect(next === before).toBe(expected.sequence === before.sequence)
      }
    }
  })
})

describe("whatever happens to a task", () => {
  const anyBirth = fc.constantFrom(queued, delayed)
  /** The snapshot after each event of the history, the newborn first. */
  const life = (birth: TaskBirth, history: readonly TaskEvent[]): TaskSnapshot[] => {
    let [snapshot] = initialTransition(taskLogic, birth)
    const snapshots = [snapshot.context]
    for (const event of history) {
      ;[snapshot] = step(taskLogic, snapshot, event)
      snapshots.push(snapshot.context)
    }
    return snapshots
  }
  const alongEveryLife = (check: (before: TaskSnapshot, now: TaskSnapshot, event: TaskEvent) => void): void => {
    fc.assert(
      fc.property(anyBirth, fc.array(anyEvent, { maxLength: 40 }), (birth, history) => {
        const snapshots = life(birth, history)
        history.forEach((event, i) => check(snapshots[i]!, snapshots[i + 1]!, event))
      }),
      { numRuns: 300 },
    )
  }

  it("a final state is final", () => {
    alongEveryLife((before, now) => {
      if (before.outcome !== undefined) expect(now).toBe(before)
    })
  })

  it("status, phase and outcome agree", () => {
    const phases = {
      pending: ["queued", "delayed", "backoff"],
      running: ["executing", "cancelling"],
      completed: ["settled"],
      failed: ["settled"],
      cancelled: ["settled"],
    }
    alongEveryLife((_before, now) => {
      expect(phases[now.status]).toContain(now.phase)
      expect(now.outcome?.status).toBe(now.phase === "settled" ? now.status : undefined)
      expect(now.settledAt !== undefined).toBe(now.phase === "settled")
    })
  })

  it("its sequence grows by one with each change and by nothing else", () => {
    alongEveryLife((before, now) => {
      expect(now.sequence - before.sequence).toBe(now === before ? 0 : 1)
    })
  })

  it("its progress stays in 0..1, never goes back within an attempt, and is 1 when completed", () => {
    alongEveryLife((before, now) => {
      expect(now.progress).toBeGreaterThanOrEqual(now.attempt === before.attempt ? before.progress : 0)
      expect(now.progress).toBeLessThanOrEqual(1)
      if (now.status === "completed") expect(now.progress).toBe(1)
    })
  })

  it("the first cause of a cancellation wins", () => {
    alongEveryLife((before, now) => {
      if (before.cancelReason === undefined) return
      expect(now.cancelReason).toBe(before.cancelReason)
      expect(now.cancelRequested).toBe(true)
      if (now.outcome !== undefined) expect(now.outcome).toEqual({ status: "cancelled", reason: before.cancelReason })
    })
  })

  it("every failed attempt is kept, and a failed task has them all", () => {
    alongEveryLife((before, now, event) => {
      if (event.type === "fail" && now !== before && now.status !== "cancelled") {
        expect(now.failures).toEqual([...before.failures, event.failure])
      }
      if (now.outcome?.status === "failed") {
        expect(now.outcome.attempts).toEqual(now.failures)
        expect(now.outcome.failure).toBe(now.failures.at(-1))
      }
    })
  })

  it("the statechart's snapshot is newborn's at birth", () => {
    expect(createActor(taskMachine, { input: delayed }).getSnapshot().context).toStrictEqual(newborn(delayed))
    expect(newborn(delayed)).toMatchObject({ status: "pending", phase: "delayed", nextAttemptAt: 5000, attempt: 0 })
    expect(newborn(queued)).toMatchObject({ status: "pending", phase: "queued", progress: 0, sequence: 0 })
  })
})

describe("the actor of a task", () => {
  it("ends with XState status done and the outcome as its output, whatever the outcome is", () => {
    const start: TaskEvent = { type: "start", at: 1 }
    const endings: readonly (readonly TaskEvent[])[] = [
      [start, { type: "complete", output: "a chair", at: 2 }],
      [start, { type: "fail", failure: { type: "error", error }, at: 2 }],
      [start, { type: "cancel", reason: { type: "shutdown" }, at: 2 }, { type: "stop", at: 3 }],
      [{ type: "cancel", reason: { type: "expired" }, at: 2 }],
    ]
    for (const history of endings) {
      const { status, context, output } = after(taskLogic, queued, history)
      expect(status).toBe("done")
      expect(output).toBe(context.outcome)
    }
  })

  it("is stored and restored as it was", () => {
    for (const { history } of reachable(delayed)) {
      const actor = createActor(taskLogic, { input: delayed }).start()
      for (const event of history) actor.send(event)
      const restored = createActor(taskLogic, { input: delayed, snapshot: actor.getPersistedSnapshot() }).start()
      expect(restored.getSnapshot().context).toStrictEqual(actor.getSnapshot().context)
      expect(restored.getSnapshot().value).toStrictEqual(actor.getSnapshot().value)
    }
  })
})
