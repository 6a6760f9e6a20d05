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
