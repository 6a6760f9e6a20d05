import { setup } from "xstate"

/**
 * Where a supervisor's journal is.
 *
 * - `idle`: all that happened is in the store.
 * - `gathering`: something has happened that is written at the end of this turn.
 * - `failing`: the store could not be written to; what happened waits, and is tried again.
 * - `closed`: nothing is written any more. Final.
 */
export type JournalState = "idle" | "gathering" | "failing" | "closed"

/** `note`: something has happened. `written`, `refused`: what became of writing it. */
export type JournalEvent = "note" | "written" | "refused" | "close"

/** The journal's statechart: the specification. What runs is `nextJournalState`, once or twice in a turn; a test holds the two equal. */
export const journalMachine = setup({ types: { events: {} as { readonly type: JournalEvent } } }).createMachine({
  id: "journal",
  initial: "idle",
  states: {
    idle: { on: { note: "gathering", close: "closed" } },
    gathering: { on: { written: "idle", refused: "failing", close: "closed" } },
    failing: { on: { written: "idle", close: "closed" } },
    closed: { type: "final" },
  },
})

/** The journal machine as one pure function: the next state, or the same where the statechart does not accept the event. */
export function nextJournalState(state: JournalState, event: JournalEvent): JournalState {
  if (state === "closed") return state
  if (event === "close") return "closed"
  switch (state) {
    case "idle":
      return event === "note" ? "gathering" : state
    case "gathering":
      if (event === "written") return "idle"
      return event === "refused" ? "failing" : state
    case "failing":
      return event === "written" ? "idle" : state
  }
}
