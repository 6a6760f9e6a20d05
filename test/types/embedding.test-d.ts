import * as Effect from "effect/Effect"
import type { EffectLogic, InvokedTaskInput, Supervisor, TaskSnapshot } from "tasktor"
import { defineTask, events, fromEffect, fromTask, map } from "tasktor"
import { describe, expectTypeOf, it } from "vitest"
import { assign, createActor, sendTo, setup } from "xstate"

declare const supervisor: Supervisor
const resize = defineTask({
  name: "resize",
  events: events<{ tile: { row: number } }>(),
  run: async (_ctx, file: string, width: number) => ({ file, width }),
})
const greet = defineTask({ name: "greet", run: (_ctx, name: string = "world") => `hello ${name}` })

const base = setup({
  types: { context: {} as { text: string } },
  actors: {
    resize: fromTask(supervisor, resize),
    greet: fromTask(supervisor, greet),
    call: fromTask(supervisor, greet("you")),
    greetAll: fromTask(supervisor, (names: readonly string[]) => map(greet, names)),
  },
})

describe("fromTask in a machine", () => {
  it("types the output of onDone and the snapshot of onSnapshot by the task", () => {
    base.createMachine({
      context: { text: "" },
      invoke: {
        src: "resize",
        input: ["a.png", 320],
        onDone: {
          actions: assign(({ event }) => {
            expectTypeOf(event.output).toEqualTypeOf<{ file: string; width: number }>()
            return { text: event.output.file }
          }),
        },
        onError: { actions: ({ event }) => void expectTypeOf(event.error).toBeUnknown() },
        onSnapshot: {
          actions: ({ event: { snapshot } }) => {
            expectTypeOf(snapshot.progress).toEqualTypeOf<number>()
            expectTypeOf(snapshot.message).toEqualTypeOf<string | undefined>()
            expectTypeOf(snapshot.task).toEqualTypeOf<string | undefined>()
            expectTypeOf(snapshot.context).toEqualTypeOf<TaskSnapshot<{ file: string; width: number }> | undefined>()
          },
        },
      },
    })
  })

  it("types input and output by the function that makes the call", () => {
    base.createMachine({
      context: { text: "" },
      invoke: {
        src: "greetAll",
        input: () => [["a", "b"]] as const,
        onDone: { actions: ({ event }) => void expectTypeOf(event.output).toEqualTypeOf<string[]>() },
      },
    })
    // @ts-expect-error a text is no list of names
    base.createMachine({ context: { text: "" }, invoke: { src: "greetAll", input: ["a"] } })
  })

  it("types the input by the task's arguments; it may be left out where no argument is needed", () => {
    base.createMachine({ context: { text: "" }, invoke: { src: "resize", input: () => ["a.png", 5] as const } })
    base.createMachine({
      context: { text: "" },
      invoke: [{ src: "greet" }, { src: "greet", input: ["you"] }, { src: "call" }],
    })
    expectTypeOf<InvokedTaskInput<[name?: string]>>().toEqualTypeOf<readonly [name?: string] | undefined>()
    // @ts-expect-error one argument too few
    base.createMachine({ context: { text: "" }, invoke: { src: "resize", input: ["a.png"] } })
    // @ts-expect-error an argument of the wrong type
    base.createMachine({ context: { text: "" }, invoke: { src: "resize", input: ["a.png", "wide"] } })
    // @ts-expect-error arguments are not optional where the body needs them
    base.createMachine({ context: { text: "" }, invoke: { src: "resize" } })
    // @ts-expect-error a call has its arguments already
    base.createMachine({ context: { text: "" }, invoke: { src: "call", input: ["me"] } })
  })

  it("types the options by the arguments and the events", () => {
    fromTask(supervisor, resize, (file, width) => {
      expectTypeOf(file).toEqualTypeOf<string>()
      return { key: ["resize", file, width], onConflict: "join" }
    })
    fromTask(supervisor, resize, { whenEvent: (_task, name) => void expectTypeOf(name).toEqualTypeOf<"tile">() })
    // @ts-expect-error a key is a text, a number or a list of them
    fromTask(supervisor, resize, (file) => ({ key: { file } }))
    // @ts-expect-error an executor is no task
    fromTask(supervisor, "resize")
  })

  it("types what the actor is sent", () => {
    const actor = createActor(fromTask(supervisor, resize), { input: ["a.png", 1] })
    actor.send({ type: "cancel", reason: "enough" })
    // @ts-expect-error no such event
    actor.send({ type: "pause" })
    expectTypeOf(actor.getSnapshot().output).toEqualTypeOf<{ file: string; width: number } | undefined>()
    sendTo("it", { type: "cancel" })
  })
})

describe("fromEffect in a machine", () => {
  const lookUp = fromEffect(({ input }: { input: { name: string } }) =>
    input.name === "" ? Effect.fail(new RangeError("no name")) : Effect.succeed(input.name.length),
  )
  const machines = setup({ actors: { lookUp } })

  it("types the output and the input", () => {
    machines.createMachine({
      invoke: {
        src: "lookUp",
        input: { name: "x" },
        onDone: { actions: ({ event }) => void expectTypeOf(event.output).toEqualTypeOf<number>() },
      },
    })
    // @ts-expect-error an input of the wrong type
    machines.createMachine({ invoke: { src: "lookUp", input: { name: 7 } } })
  })

  it("takes no Effect that still needs a service", () => {
    // @ts-expect-error a scope: Effect.scoped gives one
    fromEffect(() => Effect.addFinalizer(() => Effect.void))
    const scoped = fromEffect(() => Effect.scoped(Effect.addFinalizer(() => Effect.void)))
    expectTypeOf(scoped).toExtend<EffectLogic<void, never>>()
    // @ts-expect-error an Effect itself runs once; its maker makes one for each actor
    fromEffect(Effect.void)
  })
})
