import { supervisorMachine, type SupervisorEvent, type SupervisorState } from "tasktor/machines"
import { describe, expect, it } from "vitest"
import { createActor, initialTransition, transition } from "xstate"
import { getShortestPaths } from "xstate/graph"
import { supervisorLogic } from "../../machines/supervisor/machine.ts"

const events: readonly SupervisorEvent[] = [{ type: "drain" }, { type: "stop" }, { type: "stopped" }]

const expected: Readonly<Record<SupervisorState, Readonly<Record<SupervisorEvent["type"], SupervisorState>>>> = {
  open: { drain: "draining", stop: "stopping", stopped: "open" },
  draining: { drain: "draining", stop: "stopping", stopped: "draining" },
  stopping: { drain: "stopping", stop: "stopping", stopped: "stopped" },
  stopped: { drain: "stopped", stop: "stopped", stopped: "stopped" },
}

describe("the supervisor's life", () => {
  const paths = getShortestPaths(supervisorMachine, { events })

  it("is open, draining, stopping, stopped", () => {
    expect(paths.map(({ state }) => state.value).toSorted()).toEqual(Object.keys(expected).toSorted())
  })

  it.each([
    ["statechart", supervisorMachine],
    ["running logic", supervisorLogic],
  ])("knows in its %s what each event does in each state", (_title, logic) => {
    for (const { state, steps } of paths) {
      for (const event of events) {
        let [snapshot] = initialTransition(logic)
        for (const step of steps) [snapshot] = transition(logic, snapshot, step.event)
        ;[snapshot] = transition(logic, snapshot, event)
        expect([state.value, event.type, snapshot.value]).toEqual([
          state.value,
          event.type,
          expected[state.value][event.type],
        ])
      }
    }
  })

  it("ends when nothing is alive any more", () => {
    const actor = createActor(supervisorMachine).start()
    actor.send({ type: "stop" })
    expect(actor.getSnapshot().status).toBe("active")
    actor.send({ type: "stopped" })
    expect(actor.getSnapshot().status).toBe("done")
  })
})
