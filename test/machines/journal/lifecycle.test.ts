import { describe, expect, it } from "vitest"
import { getNextSnapshot } from "xstate"
import { type JournalEvent, type JournalState, nextJournalState } from "../../../machines/journal/lifecycle.ts"
import { journalMachine } from "../../../machines/journal/machine.ts"

const states = Object.keys(journalMachine.states) as JournalState[]
const events: readonly JournalEvent[] = ["note", "written", "refused", "close"]

describe("the journal's life", () => {
  it.each(states.flatMap((state) => events.map((event) => ({ state, event }))))(
    "goes from $state on $event where the statechart goes",
    ({ state, event }) => {
      const before = journalMachine.resolveState({ value: state })
      expect(nextJournalState(state, event)).toBe(getNextSnapshot(journalMachine, before, { type: event }).value)
    },
  )

  it("accepts no event that the statechart does not know", () => {
    expect(new Set(journalMachine.events)).toEqual(new Set(events))
  })
})
