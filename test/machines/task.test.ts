import * as fc from "fast-check"
import { taskLogic, taskMachine, transition, type TaskEvent, type TaskSnapshot } from "tasktor/machines"
import { describe, expect, it, onTestFinished, vi } from "vitest"
import { createActor, initialTransition, transition as takeStep } from "xstate"
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
  for (const event of history) [snapshot] = takeStep(same, snapshot, event)
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
    const ways = states.flatMap(({ history }) => events.map((event) => [...history, event]))
    expect(ways.length).toBeGreaterThan(20 * events.length)
    for (const way of ways) {
      expect({ way, ...after(taskLogic, birth, way) }).toStrictEqual({ way, ...after(taskMachine, birth, way) })
    }
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

type Law = (before: TaskSnapshot, now: TaskSnapshot, event: TaskEvent) => boolean

/** A birth and a history in which some step breaks the law; null when there is none. */
function exceptionTo(law: Law): unknown {
  const keepsIt = fc.property(
    fc.constantFrom(queued, delayed),
    fc.array(anyEvent, { maxLength: 40 }),
    (birth, history) => {
      let [snapshot] = initialTransition(taskLogic, birth)
      return history.every((event) => {
        const before = snapshot.context
        ;[snapshot] = takeStep(taskLogic, snapshot, event)
        return law(before, snapshot.context, event)
      })
    },
  )
  return fc.check(keepsIt, { numRuns: 200 }).counterexample
}

describe("whatever happens to a task", () => {
  it("a final state is final", () => {
    expect(exceptionTo((before, now) => before.outcome === undefined || now === before)).toBeNull()
  })

  it("status, phase and outcome agree", () => {
    const phases: Readonly<Record<TaskSnapshot["status"], readonly string[]>> = {
      pending: ["queued", "delayed", "backoff"],
      running: ["executing", "cancelling"],
      completed: ["settled"],
      failed: ["settled"],
      cancelled: ["settled"],
    }
    const agree: Law = (_, now) =>
      phases[now.status].includes(now.phase) &&
      now.outcome?.status === (now.phase === "settled" ? now.status : undefined) &&
      (now.settledAt !== undefined) === (now.phase === "settled")
    expect(exceptionTo(agree)).toBeNull()
  })

  it("its sequence grows by one with each change and by nothing else", () => {
    expect(exceptionTo((before, now) => now.sequence - before.sequence === (now === before ? 0 : 1))).toBeNull()
  })

  it("its progress stays in 0..1, never goes back within an attempt, and is 1 when completed", () => {
    expect(exceptionTo((before, now) => now.attempt !== before.attempt || now.progress >= before.progress)).toBeNull()
    expect(
      exceptionTo(
        (_, { progress, status }) => progress >= 0 && progress <= 1 && (status !== "completed" || progress === 1),
      ),
    ).toBeNull()
  })

  it("the first cause of a cancellation wins", () => {
    expect(
      exceptionTo(
        (before, now) =>
          before.cancelReason === undefined || (now.cancelRequested && now.cancelReason === before.cancelReason),
      ),
    ).toBeNull()
    expect(
      exceptionTo(
        (before, { outcome }) =>
          before.cancelReason === undefined ||
          outcome === undefined ||
          (outcome.status === "cancelled" && outcome.reason === before.cancelReason),
      ),
    ).toBeNull()
  })

  it("every failed attempt is kept, and a failed task has them all", () => {
    expect(
      exceptionTo(
        (before, now, event) =>
          event.type !== "fail" ||
          now === before ||
          now.status === "cancelled" ||
          now.failures.at(-1) === event.failure,
      ),
    ).toBeNull()
    expect(exceptionTo((before, now) => before.failures.every((failure, i) => now.failures[i] === failure))).toBeNull()
    expect(
      exceptionTo(
        (_, { outcome, failures }) =>
          outcome?.status !== "failed" ||
          (outcome.attempts.length === failures.length && outcome.failure === failures.at(-1)),
      ),
    ).toBeNull()
  })

  it("a cancelled task never starts", () => {
    expect(exceptionTo((before, now) => !before.cancelRequested || now.attempt === before.attempt)).toBeNull()
  })

  it("begins as newborn", () => {
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

  it("ignores what is no event of a task, wherever the task is", () => {
    // XState's word for those that have ended.
    const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined)
    onTestFinished(() => warn.mockRestore())
    for (const { history } of reachable(queued)) {
      const actor = createActor(taskLogic, { input: queued }).start()
      for (const event of history) actor.send(event)
      const before = actor.getSnapshot()
      actor.send({ type: "nonsense" } as never)
      expect(actor.getSnapshot()).toBe(before)
    }
  })

  it("can be stopped, as any actor", () => {
    const actor = createActor(taskLogic, { input: queued }).start()
    actor.stop()
    expect(actor.getSnapshot()).toMatchObject({ status: "stopped", context: { phase: "queued" } })
  })

  it("has a reason for its end also where a snapshot from elsewhere has none", () => {
    const task: TaskSnapshot = { ...newborn(queued), status: "running", phase: "cancelling", cancelRequested: true }
    const actor = createActor(taskLogic, { input: { task } }).start()
    actor.send({ type: "stop", at: 5 })
    expect(actor.getSnapshot().output).toEqual({ status: "cancelled", reason: { type: "requested" } })
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
