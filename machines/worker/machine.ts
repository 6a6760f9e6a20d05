import { setup } from "xstate"
import type { WorkerEvent } from "./lifecycle.ts"

/**
 * The worker's statechart: the specification, and what an inspector draws. A worker turns from idle to busy and back with each
 * task, so what runs is `nextWorkerState`; a test over every state and event holds the two equal.
 */
export const workerMachine = setup({ types: { events: {} as WorkerEvent } }).createMachine({
  id: "worker",
  initial: "starting",
  states: {
    starting: { on: { ready: "idle", stop: "stopping", exit: "crashed" } },
    idle: { on: { assign: "busy", stop: "stopping", exit: "crashed" } },
    busy: { on: { free: "idle", lend: "lending", pass: "passing", stop: "stopping", exit: "crashed" } },
    lending: { on: { free: "idle", resume: "busy", stop: "stopping", exit: "crashed" } },
    passing: { on: { passed: "busy", stop: "stopping", exit: "crashed" } },
    stopping: { on: { exit: "stopped" } },
    stopped: { type: "final" },
    crashed: { type: "final" },
  },
})
