import { assign, setup } from "xstate"
import {
  backOff,
  becomeQueued,
  beginAttempt,
  cancelWaiting,
  complete,
  countFact,
  endCancelled,
  fail,
  requestCancel,
  takeReport,
} from "./changes.ts"
import type { TaskEvent } from "./events.ts"
import { newborn, type TaskBirth, type TaskSnapshot } from "./snapshot.ts"

/**
 * The task's statechart: the specification of a task's life, and what an inspector draws.
 *
 * It is not what runs: that is `transition`, and `taskLogic` over it for a task that somebody looks into. A model-based test (every
 * reachable state × every event) holds them equal.
 */
export const taskMachine = setup({
  types: {
    context: {} as TaskSnapshot,
    events: {} as TaskEvent,
    input: {} as TaskBirth,
    output: {} as TaskSnapshot["outcome"],
  },
  guards: {
    mustWait: ({ context }) => context.phase === "delayed",
    hasAnotherAttempt: ({ event }) => event.type === "fail" && event.retryAt !== undefined,
  },
}).createMachine({
  id: "task",
  context: ({ input }) => newborn(input),
  output: ({ context }) => context.outcome,
  initial: "pending",
  states: {
    pending: {
      initial: "queued",
      on: {
        cancel: { target: "cancelled", actions: assign(({ context, event }) => cancelWaiting(context, event)) },
        fail: { target: "failed", actions: assign(({ context, event }) => fail(context, event)) },
      },
      states: {
        queued: {
          always: { guard: "mustWait", target: "delayed" },
          on: {
            start: { target: "#task.running", actions: assign(({ context, event }) => beginAttempt(context, event)) },
          },
        },
        delayed: { on: { due: { target: "queued", actions: assign(({ context }) => becomeQueued(context)) } } },
        backoff: { on: { due: { target: "queued", actions: assign(({ context }) => becomeQueued(context)) } } },
      },
    },
    running: {
      initial: "executing",
      on: {
        report: { actions: assign(({ context, event }) => takeReport(context, event)) },
        emit: { actions: assign(({ context }) => countFact(context)) },
        log: { actions: assign(({ context }) => countFact(context)) },
      },
      states: {
        executing: {
          on: {
            cancel: { target: "cancelling", actions: assign(({ context, event }) => requestCancel(context, event)) },
            complete: { target: "#task.completed", actions: assign(({ context, event }) => complete(context, event)) },
            fail: [
              {
                guard: "hasAnotherAttempt",
                target: "#task.pending.backoff",
                actions: assign(({ context, event }) => backOff(context, event)),
              },
              { target: "#task.failed", actions: assign(({ context, event }) => fail(context, event)) },
            ],
          },
        },
        cancelling: {
          on: {
            complete: {
              target: "#task.cancelled",
              actions: assign(({ context, event }) => endCancelled(context, event)),
            },
            fail: { target: "#task.cancelled", actions: assign(({ context, event }) => endCancelled(context, event)) },
            stop: { target: "#task.cancelled", actions: assign(({ context, event }) => endCancelled(context, event)) },
          },
        },
      },
    },
    completed: { type: "final" },
    failed: { type: "final" },
    cancelled: { type: "final" },
  },
})
