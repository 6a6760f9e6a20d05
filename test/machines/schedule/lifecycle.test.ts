import { describe, expect, it } from "vitest"
import { getNextSnapshot } from "xstate"
import { nextScheduleState, type ScheduleEvent, type ScheduleState } from "../../../machines/schedule/lifecycle.ts"
import { scheduleMachine } from "../../../machines/schedule/machine.ts"

const states = Object.keys(scheduleMachine.states) as ScheduleState[]
const events: readonly ScheduleEvent["type"][] = ["pause", "resume", "exhaust", "replace", "remove"]

describe("the schedule's life", () => {
  it.each(states.flatMap((state) => events.map((event) => ({ state, event }))))(
    "goes from $state on $event where the statechart goes",
    ({ state, event }) => {
      const before = scheduleMachine.resolveState({ value: state })
      const specified = getNextSnapshot(scheduleMachine, before, { type: event })
      expect(nextScheduleState(state, event)).toBe(specified.value)
    },
  )

  it("accepts no event that the statechart does not know", () => {
    expect(new Set(scheduleMachine.events)).toEqual(new Set(events))
  })

  it("never comes back from being removed", () => {
    for (const event of events) expect(nextScheduleState("removed", event)).toBe("removed")
  })
})
