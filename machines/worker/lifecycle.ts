/**
 * Where a worker (a thread, a process) is in its life.
 *
 * - `starting`: spawned; its set-up module runs.
 * - `idle`: ready, nothing in hand.
 * - `busy`: has at least one attempt in hand.
 * - `lending`: its body waits for a child task and has given up its slot; the worker gets no other work meanwhile.
 * - `passing`: it is stuck in the import of a module that nobody wants any more; others work in its place until it has come past it.
 * - `stopping`: told to end, or being killed.
 * - `stopped`, `crashed`: gone, as it was told or by itself. Final.
 */
export type WorkerState = "starting" | "idle" | "busy" | "lending" | "passing" | "stopping" | "stopped" | "crashed"

/** All that can happen to a worker. */
export type WorkerEvent =
  /** Its set-up is done. */
  | { readonly type: "ready" }
  /** It is handed an attempt. */
  | { readonly type: "assign" }
  /** Its last attempt in hand has ended or was taken back. */
  | { readonly type: "free" }
  /** Its body begins, or ends, to wait for a child task. */
  | { readonly type: "lend" }
  | { readonly type: "resume" }
  /** It is stuck in an import that nobody wants any more, or has come past it. */
  | { readonly type: "pass" }
  | { readonly type: "passed" }
  /** It is to end. */
  | { readonly type: "stop" }
  /** It is gone. */
  | { readonly type: "exit" }

/** The worker machine as one pure function: the next state, or the same where the statechart does not accept the event. */
export function nextWorkerState(state: WorkerState, event: WorkerEvent["type"]): WorkerState {
  switch (state) {
    case "starting":
      return event === "ready" ? "idle" : whileAlive(state, event)
    case "idle":
      return event === "assign" ? "busy" : whileAlive(state, event)
    case "busy":
      if (event === "free") return "idle"
      if (event === "lend") return "lending"
      return event === "pass" ? "passing" : whileAlive(state, event)
    case "lending":
      if (event === "free") return "idle"
      return event === "resume" ? "busy" : whileAlive(state, event)
    case "passing":
      return event === "passed" ? "busy" : whileAlive(state, event)
    case "stopping":
      return event === "exit" ? "stopped" : state
    case "stopped":
    case "crashed":
      return state
  }
}

function whileAlive(state: WorkerState, event: WorkerEvent["type"]): WorkerState {
  if (event === "stop") return "stopping"
  return event === "exit" ? "crashed" : state
}
