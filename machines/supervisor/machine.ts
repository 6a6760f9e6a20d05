import { setup } from "xstate"

/** `drain`: admit nothing, let the running finish. `stop`: cancel what is left. `stopped`: nothing is alive any more. */
export type SupervisorEvent = { readonly type: "drain" } | { readonly type: "stop" } | { readonly type: "stopped" }

export type SupervisorState = "open" | "draining" | "stopping" | "stopped"

/** The supervisor's life. */
export const supervisorMachine = setup({ types: { events: {} as SupervisorEvent } }).createMachine({
  id: "supervisor",
  initial: "open",
  states: {
    open: { on: { drain: "draining", stop: "stopping" } },
    draining: { on: { stop: "stopping" } },
    stopping: { on: { stopped: "stopped" } },
    stopped: { type: "final" },
  },
})

type SupervisorLogic = typeof supervisorMachine

/**
 * The machine as the supervisor's actor runs it. XState tells a parent of each child's end; with a macrostep for each of them
 * (2-5 µs) this would be the dearest part of a short task that is looked into, and the supervisor has heard of it already.
 */
export const supervisorLogic: SupervisorLogic = Object.assign(Object.create(supervisorMachine) as SupervisorLogic, {
  transition: ((snapshot, event, scope) =>
    event.type.startsWith("xstate.done.actor.")
      ? snapshot
      : supervisorMachine.transition(snapshot, event, scope)) satisfies SupervisorLogic["transition"],
})
