import { fromTask, type Supervisor } from "tasktor"
import { describe, expect, expectTypeOf, it } from "vitest"
import { assign, createActor, setup, waitFor } from "xstate"
import { add } from "../fixtures/bodies.ts"
import { throwsTyped } from "../fixtures/failing.ts"
import { waits } from "../fixtures/stopping.ts"
import { type ExecutorName, executors, setupFor } from "../support/setup.ts"

function machineOn(supervisor: Supervisor, executor: ExecutorName) {
  return setup({
    types: { context: {} as { sum: number; error: unknown } },
    actors: {
      add: fromTask(supervisor, add.with({ executor })),
      fail: fromTask(supervisor, throwsTyped.with({ executor })),
      wait: fromTask(supervisor, waits.with({ executor })),
    },
  }).createMachine({
    context: { sum: 0, error: undefined },
    initial: "adding",
    states: {
      adding: {
        invoke: {
          src: "add",
          input: [2, 3],
          onDone: {
            target: "failing",
            actions: assign(({ event }) => {
              expectTypeOf(event.output).toEqualTypeOf<number>()
              return { sum: event.output }
            }),
          },
        },
      },
      failing: {
        invoke: { src: "fail", onError: { target: "waiting", actions: assign({ error: ({ event }) => event.error }) } },
      },
      waiting: {
        invoke: {
          src: "wait",
          onSnapshot: { guard: ({ event }) => event.snapshot.context?.status === "running", target: "left" },
        },
      },
      left: { type: "final" },
    },
  })
}

describe.each(executors)("18. a machine of the user's invokes tasks: %s", (executor) => {
  it("onDone gets the typed output, onError the failure, and leaving the state cancels", async () => {
    const { supervisor, wait } = setupFor(executor)
    const actor = createActor(machineOn(supervisor, executor)).start()
    await wait(waitFor(actor, ({ status }) => status === "done"))
    const { sum, error } = actor.getSnapshot().context
    expect(sum).toBe(5)
    expect(error).toMatchObject({ name: "TaskFailedError", failure: { type: "error" } })
    expect((error as Error).cause).toMatchObject({ name: "QuotaError", limit: 5 })
    expect(await wait(supervisor.settled())).toBe(true)
    expect(supervisor.getSnapshot().counts).toMatchObject({ completed: 1, failed: 1, cancelled: 1 })
  })
})
