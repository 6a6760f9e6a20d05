/** Pipelines as actors of a user's own machine, by fromTask. */
import { chain, defineTask, fromTask, graph, map, type Supervisor, type TaskCall, TaskFailedError } from "tasktor"
import { describe, expect, it } from "vitest"
import { type AnyActorRef, assign, createActor, setup as setupMachine, type SnapshotFrom, waitFor } from "xstate"
import * as z from "zod"
import { setup } from "../../support/setup.ts"
import { gate, untilAborted } from "../../support/wait.ts"

const double = defineTask({ name: "double", input: z.tuple([z.number()]), run: (_ctx, n: number) => n * 2 })
const sum = defineTask({ name: "sum", run: (_ctx, all: readonly number[]) => all.reduce((a, b) => a + b, 0) })

/** A user's machine that makes something in one of its states. */
function start<Output>(supervisor: Supervisor, pipeline: TaskCall<Output>) {
  const machine = setupMachine({
    types: { context: {} as { output: unknown; error: unknown; seen: unknown[] } },
    actors: { make: fromTask(supervisor, pipeline) },
  }).createMachine({
    context: { output: undefined, error: undefined, seen: [] },
    initial: "making",
    states: {
      making: {
        invoke: {
          src: "make",
          onDone: { target: "made", actions: assign({ output: ({ event }) => event.output }) },
          onError: { target: "broken", actions: assign({ error: ({ event }) => event.error }) },
          onSnapshot: {
            actions: assign({
              seen: ({ context, event: { snapshot } }) => [...context.seen, [snapshot.progress, snapshot.message]],
            }),
          },
        },
        on: { leave: "left" },
      },
      made: {},
      broken: {},
      left: {},
    },
  })
  return createActor(machine).start()
}

const taskOf = (actor: { getSnapshot(): { children: object } }): SnapshotFrom<ReturnType<typeof fromTask>> =>
  (Object.values(actor.getSnapshot().children)[0] as AnyActorRef).getSnapshot()

describe("fromTask with a pipeline", () => {
  it("really runs it, and gives its output to onDone", async () => {
    const { supervisor, clock } = setup()
    const actor = start(supervisor, chain(map(double, [1, 2]), sum))
    await clock.settle()
    expect(actor.getSnapshot()).toMatchObject({ value: "made", context: { output: 6 } })
  })

  it("gives the progress of its steps to onSnapshot, and its own machine is there by the task's id", async () => {
    const { supervisor, clock } = setup()
    const open = gate()
    const waits = defineTask({ name: "waits", run: (_ctx, n: number) => open.opened.then(() => n) })
    const actor = start(supervisor, graph({ a: double(1), b: { after: "a", run: waits }, c: double(2) }))
    await clock.advance("1 second")
    const { task = "", progress, message } = taskOf(actor)
    expect({ progress, message }).toEqual({ progress: 2 / 3, message: "b (3 of 3)" })
    expect(supervisor.get(task).pipeline?.getSnapshot().value).toEqual({
      graph: { a: "completed", b: "running", c: "completed" },
    })
    open.open()
    await clock.settle()
    expect(actor.getSnapshot()).toMatchObject({ value: "made", context: { output: { a: 2, b: 2, c: 4 } } })
    expect(actor.getSnapshot().context.seen).toContainEqual([2 / 3, "b (3 of 3)"])
  })

  it("gives the failure of the step to onError, a wrong input included", async () => {
    const { supervisor, clock } = setup()
    const wrong = defineTask({ name: "wrong", run: () => "text" as unknown as number })
    const actor = start(supervisor, chain(wrong(), double, double))
    await clock.settle()
    const { value, context } = actor.getSnapshot()
    expect(value).toBe("broken")
    expect(context.error).toBeInstanceOf(TaskFailedError)
    expect(context.error).toMatchObject({ failure: { type: "validation", side: "input" } })
  })

  it("gives to onError what cannot be submitted at all", async () => {
    const { supervisor, clock } = setup()
    const actor = start(supervisor, chain(double(1)).with({ executor: "thread" }))
    await clock.settle()
    expect(actor.getSnapshot()).toMatchObject({ value: "broken", context: { error: expect.any(TypeError) as Error } })
  })

  it("cancels it, and all that runs of it, when the state is left", async () => {
    const { supervisor, clock } = setup()
    const ends: string[] = []
    const waits = defineTask({
      name: "waits",
      run: (ctx, _n: number) => untilAborted(ctx).finally(() => ends.push("waits ended")),
    })
    const actor = start(supervisor, chain(map(waits, [1, 2]), sum))
    await clock.settle()
    const { task = "" } = taskOf(actor)
    actor.send({ type: "leave" })
    await clock.advance("1 second")
    expect(actor.getSnapshot().value).toBe("left")
    expect(ends).toEqual(["waits ended", "waits ended"])
    expect(supervisor.get(task).snapshot.outcome).toMatchObject({ status: "cancelled" })
    expect(supervisor.getSnapshot().tasks).toEqual([])
  })

  it("goes on with it where the machine is restored from what was persisted", async () => {
    const { supervisor, clock } = setup()
    const open = gate()
    const waits = defineTask({ name: "waits", run: (_ctx, n: number) => open.opened.then(() => n) })
    const actor = start(supervisor, chain(double(1), waits))
    await clock.settle()
    const persisted = JSON.parse(JSON.stringify(actor.getPersistedSnapshot())) as never
    const restored = createActor(actor.logic, { snapshot: persisted }).start()
    open.open()
    await waitFor(restored, ({ value }) => value === "made")
    expect(restored.getSnapshot().context.output).toBe(2)
  })
})
