import { describe, expect, it } from "vitest"
import { getNextSnapshot } from "xstate"
import { nextWorkerState, type WorkerEvent, type WorkerState } from "../../../machines/worker/lifecycle.ts"
import { workerMachine } from "../../../machines/worker/machine.ts"

const states = Object.keys(workerMachine.states) as WorkerState[]
const events: readonly WorkerEvent["type"][] = [
  "ready",
  "assign",
  "free",
  "lend",
  "resume",
  "pass",
  "passed",
  "stop",
  "exit",
]

describe("the worker's life", () => {
  it.each(states.flatMap((state) => events.map((event) => ({ state, event }))))(
    "goes from $state on $event where the statechart goes",
    ({ state, event }) => {
      const specified = getNextSnapshot(workerMachine, workerMachine.resolveState({ value: state }), { type: event })
      expect(nextWorkerState(state, event)).toBe(specified.value)
    },
  )

  it("accepts no event that the statechart does not know", () => {
    expect(new Set(workerMachine.events)).toEqual(new Set(events))
  })

  it("never leaves its end", () => {
    for (const event of events) {
      expect(nextWorkerState("stopped", event)).toBe("stopped")
      expect(nextWorkerState("crashed", event)).toBe("crashed")
    }
  })
})
