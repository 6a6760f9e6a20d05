import { createMachine } from "xstate"

/**
 * Where a step of a live graph is.
 *
 * - `dirty`: it is to be computed anew, or to hear that it need not be.
 * - `processing`: its task lives.
 * - `valid`: its output is that of its present inputs.
 * - `failed`, `cancelled`: it has none, or an old one; until it is invalidated.
 */
export type LiveStepState = "dirty" | "processing" | "valid" | "failed" | "cancelled"

/**
 * What happens to it. `invalidate`: it, or something before it, is not what it was. `keep`: its output holds good after all, because its
 * inputs have come out the same, or because somebody has cancelled its task.
 */
export type LiveStepEvent = "invalidate" | "start" | "complete" | "fail" | "cancel" | "keep"

const steps: Readonly<Record<LiveStepState, Readonly<Partial<Record<LiveStepEvent, LiveStepState>>>>> = {
  dirty: { start: "processing", keep: "valid" },
  processing: { invalidate: "dirty", complete: "valid", fail: "failed", cancel: "cancelled", keep: "valid" },
  valid: { invalidate: "dirty" },
  failed: { invalidate: "dirty" },
  cancelled: { invalidate: "dirty" },
}

/** The next state, or the same where the statechart does not accept the event. Ten thousand steps cost no actor each. */
export function nextLiveStepState(state: LiveStepState, event: LiveStepEvent): LiveStepState {
  return steps[state][event] ?? state
}

/** The same as a statechart. */
export const liveStepMachine = createMachine({
  id: "step",
  initial: "dirty",
  states: Object.fromEntries(Object.entries(steps).map(([state, on]) => [state, { on }])),
})
