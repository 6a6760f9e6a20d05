import * as Effect from "effect/Effect"
import { fromEffect } from "tasktor"
import { simulatedClock } from "tasktor/testing"
import { describe, expect, it, onTestFinished, vi } from "vitest"
import { assign, createActor, setup } from "xstate"
import { gate } from "../../support/wait.ts"

class NotFound extends Error {
  override readonly name = "NotFound"
}

type Make = Parameters<typeof fromEffect<unknown, unknown>>[0]

/** A user's machine around one Effect, begun: "leave" leaves the state, "go" enters it. */
function start(make: Make, options?: Parameters<typeof fromEffect>[1]) {
  const machine = setup({
    types: { context: {} as { output: unknown; error: unknown } },
    actors: { effect: fromEffect(make, options) },
  }).createMachine({
    context: { output: undefined, error: undefined },
    initial: "working",
    states: {
      idle: { on: { go: "working" } },
      working: {
        invoke: {
          src: "effect",
          input: { page: 7 },
          onDone: { target: "done", actions: assign({ output: ({ event }) => event.output }) },
          onError: { target: "broken", actions: assign({ error: ({ event }) => event.error }) },
        },
        on: { leave: "idle" },
      },
      done: {},
      broken: {},
    },
  })
  return { machine, actor: createActor(machine).start() }
}

/** What the Effect is doing, and how to let it go on. */
function slow(told: string[]) {
  const { opened, open } = gate()
  const effect = Effect.callback<string>((resume) => {
    told.push("begun")
    void opened.then(() => resume(Effect.succeed("through")))
    return Effect.sync(() => told.push("interrupted"))
  }).pipe(Effect.ensuring(Effect.promise(() => Promise.resolve(told.push("tidied")))))
  return { effect, open }
}

/** What is pending happens. */
const settle = (): Promise<void> => simulatedClock().settle()

describe("fromEffect in a machine of the user's", () => {
  it("gives what the Effect yields to onDone, made of its input", async () => {
    const { actor } = start(({ input }) => Effect.succeed(input))
    await settle()
    expect(actor.getSnapshot()).toMatchObject({ value: "done", context: { output: { page: 7 } } })
  })

  it.each([
    ["the typed error", () => Effect.fail(new NotFound("page 7"))],
    ["the defect that it died of", () => Effect.die(new NotFound("page 7"))],
    [
      "what its maker threw",
      () => {
        throw new NotFound("page 7")
      },
    ],
  ])("gives %s to onError", async (_title, make) => {
    const { actor } = start(make)
    await settle()
    const { value, context } = actor.getSnapshot()
    expect(value).toBe("broken")
    expect(context.error).toBeInstanceOf(NotFound)
  })

  it("gives an error that is no Error as it is", async () => {
    const { actor } = start(() => Effect.fail({ page: 7 }))
    await settle()
    expect(actor.getSnapshot().context.error).toEqual({ page: 7 })
  })

  it("interrupts the Effect when its state is left: its finalizers run, and nobody is told of its end", async () => {
    // XState's own warning of an event to an actor that is stopped.
    const warn = vi.spyOn(console, "warn").mockReturnValue()
    onTestFinished(() => warn.mockRestore())
    const told: string[] = []
    const { effect, open } = slow(told)
    const { actor } = start(() => effect)
    await settle()
    expect(told).toEqual(["begun"])
    actor.send({ type: "leave" })
    await settle()
    expect(told).toEqual(["begun", "interrupted", "tidied"])
    open()
    await settle()
    expect(actor.getSnapshot()).toMatchObject({ value: "idle", context: { output: undefined, error: undefined } })
    expect(warn).not.toHaveBeenCalled()
  })

  it("interrupts it when the machine is stopped, and runs it anew when the state is entered again", async () => {
    const told: string[] = []
    const { effect } = slow(told)
    const { actor } = start(() => effect)
    actor.send({ type: "leave" })
    actor.send({ type: "go" })
    await settle()
    actor.stop()
    await settle()
    expect(told.filter((what) => what !== "begun")).toEqual(["interrupted", "tidied", "interrupted", "tidied"])
  })

  it("sleeps by the clock that it is given", async () => {
    const clock = simulatedClock()
    const { actor } = start(() => Effect.delay(Effect.succeed("late"), "1 hour"), { clock })
    await clock.advance("59 minutes")
    expect(actor.getSnapshot().value).toBe("working")
    await clock.advance("1 minute")
    expect(actor.getSnapshot()).toMatchObject({ value: "done", context: { output: "late" } })
  })

  it("is run again by a machine that was persisted while it ran", async () => {
    const told: string[] = []
    const { effect, open } = slow(told)
    const { actor, machine } = start(() => effect)
    await settle()
    const snapshot = JSON.parse(JSON.stringify(actor.getPersistedSnapshot())) as never
    actor.stop()
    const restored = createActor(machine, { snapshot }).start()
    await settle()
    expect(told).toEqual(["begun", "interrupted", "tidied", "begun"])
    open()
    await settle()
    expect(restored.getSnapshot()).toMatchObject({ value: "done", context: { output: "through" } })
  })
})

describe("an actor of its own, without a machine", () => {
  it("emits what its Effect says, and knows itself", async () => {
    const logic = fromEffect<string, number, { type: "half"; of: number }>(({ input, self, emit }) =>
      Effect.sync(() => {
        emit({ type: "half", of: input })
        return self.id
      }),
    )
    const halves: number[] = []
    const actor = createActor(logic, { input: 10, id: "worker" })
    actor.on("half", ({ of }) => halves.push(of))
    actor.start()
    await settle()
    expect(halves).toEqual([10])
    expect(actor.getSnapshot()).toMatchObject({ status: "done", output: "worker" })
  })

  it("runs nothing when it is stopped before it was started", async () => {
    const told: string[] = []
    const actor = createActor(fromEffect(() => slow(told).effect))
    actor.stop()
    await settle()
    expect(told).toEqual([])
  })

  it("hears nothing that it does not know", async () => {
    const actor = createActor(fromEffect(() => Effect.never)).start()
    const before = actor.getSnapshot()
    actor.send({ type: "dance" } as never)
    expect(actor.getSnapshot()).toBe(before)
    actor.stop()
  })

  it("is refused at once without a function that makes an Effect", () => {
    expect(() => fromEffect(Effect.void as never)).toThrow(
      "Cannot make an actor of an Effect: give a function that returns it, as in fromEffect(() => effect), current value is object",
    )
  })
})
