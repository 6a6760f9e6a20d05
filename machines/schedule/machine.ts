import { setup } from "xstate"
import type { ScheduleEvent } from "./lifecycle.ts"

/**
 * The schedule's statechart: the specification, and what is drawn. Ten thousand schedules are records in a store and no actors, so what runs
 * is `nextScheduleState`; a test over every state and event holds the two equal.
 */
export const scheduleMachine = setup({ types: { events: {} as ScheduleEvent } }).createMachine({
  id: "schedule",
  initial: "active",
  states: {
    active: { on: { pause: "paused", exhaust: "ended", remove: "removed" } },
    paused: { on: { resume: "active", remove: "removed" } },
    ended: { on: { replace: "active", remove: "removed" } },
    removed: { type: "final" },
  },
})
