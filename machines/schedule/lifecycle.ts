/**
 * Where a schedule is in its life.
 *
 * - `active`: its slots are run as they come.
 * - `paused`: its slots pass.
 * - `ended`: no slot of it will be run: there is none left, or its `limit` or `until` is reached. It can be added again.
 * - `removed`: forgotten. Final.
 */
export type ScheduleState = "active" | "paused" | "ended" | "removed"

/** All that can happen to a schedule. */
export type ScheduleEvent =
  /** Its slots are to pass. */
  | { readonly type: "pause" }
  /** Its slots are to be run again. */
  | { readonly type: "resume" }
  /** There is no slot left. */
  | { readonly type: "exhaust" }
  /** It was added again, and has slots (again). */
  | { readonly type: "replace" }
  | { readonly type: "remove" }

/** The schedule machine as one pure function: the next state, or the same where the statechart does not accept the event. */
export function nextScheduleState(state: ScheduleState, event: ScheduleEvent["type"]): ScheduleState {
  if (state === "removed") return state
  if (event === "remove") return "removed"
  switch (state) {
    case "active":
      if (event === "pause") return "paused"
      return event === "exhaust" ? "ended" : state
    case "paused":
      return event === "resume" ? "active" : state
    case "ended":
      return event === "replace" ? "active" : state
  }
}
