import {
  defineTask,
  type EventMap,
  fromTask,
  map,
  type InvokedTaskOptions,
  type RunOptions,
  type Supervisor,
  TaskCancelledError,
  type TaskContext,
  TaskFailedError,
} from "tasktor"
import { describe, expect, it, onTestFinished, vi } from "vitest"
import {
  type AnyActorRef,
  assign,
  createActor,
  sendTo,
  setup as setupMachine,
  type SnapshotFrom,
  waitFor,
} from "xstate"
import * as z from "zod"
import { setup } from "../../support/setup.ts"
import { forEver, gate, untilAborted } from "../../support/wait.ts"

const double = defineTask({ name: "double", run: async (_ctx, n: number) => n * 2 })
const endless = defineTask({ name: "endless", run: (ctx: TaskContext) => untilAborted(ctx) })

/** A user's machine around one task: it starts with "go", and "leave" leaves the state. */
function machineOf(logic: ReturnType<typeof fromTask<readonly unknown[], unknown, Record<string, unknown>>>) {
  return setupMachine({
    types: { context: {} as { seen: unknown[]; output: unknown; error: unknown } },
    actors: { task: logic },
  }).createMachine({
    id: "user",
    context: { seen: [], output: undefined, error: undefined },
    initial: "idle",
    states: {
      idle: { on: { go: "working" } },
      working: {
        invoke: {
          id: "it",
          src: "task",
          input: ({ event }) => event["input"],
          onDone: { target: "done", actions: assign({ output: ({ event }) => event.output }) },
          onError: { target: "broken", actions: assign({ error: ({ event }) => event.error }) },
          onSnapshot: {
            actions: assign({
              seen: ({ context, event: { snapshot } }) => [...context.seen, [snapshot.progress, snapshot.message]],
            }),
          },
        },
        on: { leave: "idle", stop: { actions: sendTo("it", { type: "cancel", reason: "no more" }) } },
      },
      done: {},
      broken: {},
    },
  })
}

type Task = Parameters<typeof fromTask>[1]

function start(supervisor: Supervisor, task: unknown, options?: InvokedTaskOptions<readonly unknown[], EventMap>) {
  const logic = fromTask(supervisor, task as Task, options as RunOptions) as never
  return createActor(machineOf(logic)).start()
}

const taskOf = (actor: { getSnapshot(): { children: object } }): SnapshotFrom<ReturnType<typeof fromTask>> =>
  (Object.values(actor.getSnapshot().children)[0] as AnyActorRef).getSnapshot()

describe("fromTask in a machine of the user's", () => {
  it("gives the output to onDone", async () => {
    const { supervisor, clock } = setup()
    const actor = start(supervisor, double)
    actor.send({ type: "go", input: [21] })
    await clock.settle()
    expect(actor.getSnapshot()).toMatchObject({ value: "done", context: { output: 42 } })
  })

  it("gives progress and messages to onSnapshot", async () => {
    const { supervisor, clock } = setup()
    const next = gate()
    const actor = start(
      supervisor,
      defineTask({
        name: "steps",
        run: async (ctx) => {
          ctx.setProgress(0.25)
          ctx.setMessage("first")
          await next.opened
          ctx.setProgress(0.5)
          ctx.setMessage("second")
        },
      }),
    )
    actor.send({ type: "go" })
    await clock.advance("1 second")
    expect(taskOf(actor)).toMatchObject({
      status: "active",
      progress: 0.25,
      message: "first",
      value: { running: "executing" },
      context: { name: "steps", progress: 0.25 },
    })
    expect(supervisor.get(taskOf(actor).task ?? "").snapshot.name).toBe("steps")
    next.open()
    await clock.advance("1 second")
    expect(actor.getSnapshot().value).toBe("done")
    expect(actor.getSnapshot().context.seen).toEqual(
      expect.arrayContaining([
        [0, undefined],
        [0.25, "first"],
      ]),
    )
  })

  it("gives the failure to onError", async () => {
    const { supervisor, clock } = setup()
    const actor = start(supervisor, defineTask({ name: "bad", run: () => Promise.reject(new RangeError("too far")) }))
    actor.send({ type: "go" })
    await clock.settle()
    const { value, context } = actor.getSnapshot()
    expect(value).toBe("broken")
    expect(context.error).toBeInstanceOf(TaskFailedError)
    expect(context.error).toMatchObject({ failure: { type: "error", error: { message: "too far" } } })
  })

  it("gives a cancel by somebody else to onError, with its reason", async () => {
    const { supervisor, clock } = setup()
    const actor = start(supervisor, endless, { key: "one" })
    actor.send({ type: "go" })
    await clock.settle()
    await supervisor.cancelTask("one", "by hand")
    expect(actor.getSnapshot().context.error).toBeInstanceOf(TaskCancelledError)
    expect(actor.getSnapshot().context.error).toMatchObject({ reason: { type: "requested", message: "by hand" } })
  })

  it("cancels the task when its state is left, says why, and can be entered again", async () => {
    const { supervisor, clock } = setup()
    const actor = start(supervisor, endless)
    actor.send({ type: "go" })
    await clock.settle()
    const first = supervisor.get(taskOf(actor).task ?? "")
    expect(first.snapshot.status).toBe("running")
    actor.send({ type: "leave" })
    await clock.settle()
    expect(first.snapshot.outcome).toEqual({
      status: "cancelled",
      reason: { type: "requested", message: "actor it was stopped" },
    })
    actor.send({ type: "go" })
    await clock.settle()
    expect(actor.getSnapshot()).toMatchObject({ value: "working", context: { error: undefined } })
    expect(taskOf(actor).task).not.toBe(first.id)
  })

  it("cancels the task when the machine is stopped, and a task that still waits is never run", async () => {
    const { supervisor, clock } = setup()
    const ran: string[] = []
    const late = defineTask({ name: "late", delay: "1 hour", run: () => ran.push("late") })
    const actors = [endless, late].map((task) => {
      const actor = start(supervisor, task)
      actor.send({ type: "go" })
      return actor
    })
    await clock.settle()
    for (const actor of actors) actor.stop()
    await clock.advance("2 hours")
    expect(ran).toEqual([])
    expect(supervisor.getSnapshot().counts).toMatchObject({ cancelled: 2, pending: 0, running: 0 })
  })

  it("runs nothing when it is stopped before it was started", async () => {
    const { supervisor, clock } = setup()
    const actor = createActor(fromTask(supervisor, double), { input: [1] })
    actor.stop()
    await clock.settle()
    expect(supervisor.getSnapshot().counts).toEqual({ pending: 0, running: 0, completed: 0, failed: 0, cancelled: 0 })
  })

  it("waits for the task's end when it is sent a cancel, and onError gets it", async () => {
    const { supervisor, clock } = setup()
    const tidied = gate()
    const tidy = defineTask({
      name: "tidy",
      grace: "1 hour",
      run: async (ctx) => {
        ctx.onCancel(() => tidied.opened)
        await untilAborted(ctx)
      },
    })
    const actor = start(supervisor, tidy)
    actor.send({ type: "go" })
    await clock.settle()
    actor.send({ type: "stop" })
    await clock.settle()
    expect(actor.getSnapshot().value).toBe("working")
    expect(taskOf(actor).value).toEqual({ running: "cancelling" })
    tidied.open()
    await clock.settle()
    expect(actor.getSnapshot()).toMatchObject({
      value: "broken",
      context: { error: { reason: { message: "no more" } } },
    })
  })

  it("is not told of a task's end after it has left", async () => {
    // XState's own warning of an event to an actor that is stopped.
    const warn = vi.spyOn(console, "warn").mockReturnValue()
    onTestFinished(() => warn.mockRestore())
    const dispatched: (() => void)[] = []
    const { supervisor, clock } = setup({ dispatch: (callback) => dispatched.push(callback) })
    const actor = start(supervisor, endless)
    actor.send({ type: "go" })
    await clock.settle()
    actor.send({ type: "leave" })
    await clock.settle()
    expect(dispatched.length).toBeGreaterThan(0)
    for (const callback of dispatched) callback()
    expect(actor.getSnapshot()).toMatchObject({ value: "idle", context: { error: undefined } })
    expect(warn).not.toHaveBeenCalled()
  })
})

describe("what fromTask is given", () => {
  it("may be a definition with settings of its own, and options for each run", async () => {
    const { supervisor, clock } = setup()
    const told: string[] = []
    const actor = start(supervisor, double.with({ tags: ["mine"] }), (n) => ({
      key: ["double", Number(n)],
      whenDone: ({ snapshot }) => told.push(`${JSON.stringify(snapshot.key)} ${snapshot.tags.join()}`),
    }))
    actor.send({ type: "go", input: [7] })
    await clock.settle()
    expect(told).toEqual(['["double",7] mine'])
  })

  it("may be a function that makes a call of the input, a pipeline for instance", async () => {
    const { supervisor, clock } = setup()
    const actor = start(supervisor, (...numbers: number[]) => map(double, numbers))
    actor.send({ type: "go", input: [1, 2, 3] })
    await clock.settle()
    expect(actor.getSnapshot()).toMatchObject({ value: "done", context: { output: [2, 4, 6] } })
  })

  it.each([
    [
      "throws",
      () => {
        throw new RangeError("no such file")
      },
      "no such file",
    ],
    ["makes something else", () => "a.png", 'Cannot run "a.png"'],
  ])("may be a function, which is told to onError where it %s", async (_title, make, message) => {
    const { supervisor, clock } = setup()
    const actor = start(supervisor, make)
    actor.send({ type: "go" })
    await clock.settle()
    expect(actor.getSnapshot()).toMatchObject({
      value: "broken",
      context: { error: { message: expect.stringContaining(message) } },
    })
  })

  it("may be a call, which needs no input", async () => {
    const { supervisor, clock } = setup()
    const actor = start(supervisor, double(4).with({ priority: 3 }))
    actor.send({ type: "go" })
    await clock.settle()
    expect(actor.getSnapshot().context.output).toBe(8)
  })

  it.each([
    ["the name of one", "double", 'Cannot make an actor of "double": it is no task definition, no call'],
    ["nothing", undefined, "Cannot make an actor of undefined"],
  ])("is refused at once when it is %s", (_title, task, message) => {
    expect(() => fromTask(setup().supervisor, task as never)).toThrow(TypeError)
    expect(() => fromTask(setup().supervisor, task as never)).toThrow(message)
  })

  it.each([
    [
      "no array",
      double,
      21,
      undefined,
      "its input must be the array of its arguments, as in input: [50], current value is 21",
    ],
    ["for an executor that is not there", double.with({ executor: "moon" }), [1], undefined, 'on executor "moon"'],
    ["with a key that is none", double, [1], { key: {} }, "as a key"],
  ])("is told to onError when it cannot be submitted: %s", (_title, task, input, options, message) => {
    const { supervisor } = setup()
    const actor = start(supervisor, task, options as never)
    actor.send({ type: "go", input })
    expect(actor.getSnapshot()).toMatchObject({
      value: "broken",
      context: { error: { message: expect.stringContaining(message) } },
    })
  })

  it.each([
    [
      "an input that is not valid",
      defineTask({ name: "checked", input: z.tuple([z.number()]), run: (_ctx, n: number) => n }),
      { failure: { type: "validation", side: "input" } },
    ],
    ["a supervisor that is closed", double, { reason: { type: "shutdown" } }],
  ])("ends as the supervisor says for %s", async (_title, task, error) => {
    const { supervisor, clock } = setup()
    if (task === double) await supervisor.shutdown()
    const actor = start(supervisor, task)
    actor.send({ type: "go", input: ["x"] })
    await clock.settle()
    expect(actor.getSnapshot()).toMatchObject({ value: "broken", context: { error } })
  })
})

describe("a task that several have joined", () => {
  const shared = { key: "shared", onConflict: "join" } as const

  it("goes on until the last of the actors is stopped", async () => {
    const { supervisor, clock } = setup()
    const actors = [1, 2, 3].map(() => start(supervisor, endless, shared))
    for (const actor of actors) actor.send({ type: "go" })
    await clock.settle()
    expect(new Set(actors.map((actor) => taskOf(actor).task)).size).toBe(1)
    for (const actor of actors.slice(0, 2)) actor.send({ type: "leave" })
    await clock.settle()
    expect(supervisor.find("shared")?.snapshot.status).toBe("running")
    actors[2]?.send({ type: "leave" })
    await clock.settle()
    expect(supervisor.find("shared")).toBeUndefined()
    expect(actors.map((actor) => actor.getSnapshot().value)).toEqual(["idle", "idle", "idle"])
  })

  it("is cancelled by an event whose reason is no text, as those are that a machine forwards", async () => {
    const { supervisor, clock } = setup()
    const actor = createActor(fromTask(supervisor, endless)).start()
    actor.subscribe({ error: () => {} })
    await clock.settle()
    actor.send({ type: "cancel", reason: new Error("enough") as never })
    await clock.settle()
    expect(supervisor.getSnapshot().counts).toMatchObject({ running: 0 })
  })

  it("is left alone by an actor when somebody else had started it", async () => {
    const { supervisor, clock } = setup()
    const task = supervisor.run(endless(), { key: "shared" })
    const actor = start(supervisor, endless, shared)
    actor.send({ type: "go" })
    await clock.settle()
    expect(taskOf(actor).task).toBe(task.id)
    actor.send({ type: "leave" })
    await clock.settle()
    expect(task.snapshot.status).toBe("running")
  })

  it("is cancelled for all by whoever asks for it", async () => {
    const { supervisor, clock } = setup()
    const actors = [1, 2].map(() => start(supervisor, endless, shared))
    for (const actor of actors) actor.send({ type: "go" })
    await clock.settle()
    actors[0]?.send({ type: "stop" })
    await clock.settle()
    expect(actors.map((actor) => actor.getSnapshot().value)).toEqual(["broken", "broken"])
  })
})

describe("a machine that was persisted while its task ran", () => {
  /** As a store would give it back. */
  const stored = (actor: { getPersistedSnapshot(): unknown }): never =>
    JSON.parse(JSON.stringify(actor.getPersistedSnapshot())) as never

  function twice(supervisor: Supervisor, task: unknown) {
    const machine = machineOf(fromTask(supervisor, task as Task))
    const first = createActor(machine).start()
    first.send({ type: "go", input: [5] })
    return { first, restore: () => createActor(machine, { snapshot: stored(first) }).start() }
  }

  it("leaves alone what it had only joined, as before", async () => {
    const { supervisor, clock } = setup()
    const machine = machineOf(fromTask(supervisor, endless as Task, { key: "shared", onConflict: "join" }))
    const task = supervisor.run(endless(), { key: "shared" })
    const first = createActor(machine).start()
    first.send({ type: "go" })
    await clock.settle()
    const snapshot = stored(first)
    first.stop()
    const second = createActor(machine, { snapshot }).start()
    await clock.settle()
    expect(taskOf(second)).toMatchObject({ task: task.id, isJoined: true })
    second.stop()
    await clock.settle()
    expect(task.snapshot.status).toBe("running")
  })

  it("goes on with the task that still runs, and the last of the two to be stopped cancels it", async () => {
    const { supervisor, clock } = setup()
    const { first, restore } = twice(supervisor, endless)
    await clock.settle()
    const second = restore()
    await clock.settle()
    expect(taskOf(second).task).toBe(taskOf(first).task)
    expect(taskOf(second).value).toEqual({ running: "executing" })
    const task = supervisor.get(taskOf(first).task ?? "")
    first.stop()
    await clock.settle()
    expect(task.snapshot.status).toBe("running")
    second.stop()
    await clock.settle()
    expect(task.snapshot.status).toBe("cancelled")
  })

  it("is given the end that the task has come to meanwhile, without running it again", async () => {
    const { supervisor, clock } = setup()
    const runs: number[] = []
    const end = gate()
    const once = defineTask({
      name: "once",
      run: async (_ctx, n: number) => {
        runs.push(n)
        await end.opened
        return "done"
      },
    })
    const { first, restore } = twice(supervisor, once)
    await clock.settle()
    const snapshot = stored(first)
    end.open()
    await clock.settle()
    const second = createActor(machineOf(fromTask(supervisor, once) as never), { snapshot }).start()
    await clock.settle()
    expect(second.getSnapshot()).toMatchObject({ value: "done", context: { output: "done" } })
    expect(runs).toEqual([5])
    expect(restore().getSnapshot().value).toBe("done")
  })

  it("runs a task again that was cancelled when the machine was stopped, or that this supervisor does not know", async () => {
    const { supervisor, clock } = setup({ random: () => 0 })
    const runs: unknown[] = []
    const task = defineTask({
      name: "again",
      run: (ctx, n: number) => {
        runs.push(n)
        return untilAborted(ctx)
      },
    })
    const { first } = twice(supervisor, task)
    await clock.settle()
    const snapshot = stored(first)
    const elsewhere = setup({ random: () => 0 })
    // By accident of the same id.
    expect(elsewhere.supervisor.run(double(1)).id).toBe(taskOf(first).task)
    const other = createActor(machineOf(fromTask(elsewhere.supervisor, task) as never), { snapshot }).start()
    await elsewhere.clock.settle()
    expect(taskOf(other).value).toEqual({ running: "executing" })
    first.stop()
    await clock.settle()
    const second = createActor(machineOf(fromTask(supervisor, task) as never), { snapshot }).start()
    await clock.settle()
    expect(taskOf(second).value).toEqual({ running: "executing" })
    expect(runs).toEqual([5, 5, 5])
  })
})

describe("an actor of its own, without a machine", () => {
  it("can be waited for, and an inspector sees the task's statechart", async () => {
    const { supervisor, clock } = setup()
    const definitions: unknown[] = []
    const actor = createActor(fromTask(supervisor, double), {
      input: [3],
      inspect: ({ type, actorRef }) => {
        if (type === "@xstate.actor")
          definitions.push((actorRef as never as { logic: { config: { id: string } } }).logic.config.id)
      },
    }).start()
    const done = waitFor(actor, ({ status }) => status === "done")
    await clock.settle()
    expect(await done).toMatchObject({ output: 6, progress: 1, value: "completed" })
    expect(definitions).toEqual(["task"])
  })

  it("hears nothing that it does not know, and says that it was stopped", async () => {
    const { supervisor, clock } = setup()
    const actor = createActor(fromTask(supervisor, defineTask({ name: "deaf", run: forEver }))).start()
    await clock.settle()
    const before = actor.getSnapshot()
    actor.send({ type: "dance" } as never)
    expect(actor.getSnapshot()).toBe(before)
    actor.stop()
    expect(actor.getSnapshot().status).toBe("stopped")
    await clock.advance("3 seconds")
  })
})
