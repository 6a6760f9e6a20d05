import { setup } from "xstate"
import type { JournalEvent } from "./lifecycle.ts"

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
