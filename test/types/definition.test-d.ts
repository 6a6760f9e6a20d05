import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import {
  defineTask,
  events,
  type CancelReceipt,
  type ChildHandle,
  type Outcome,
  type TaskCall,
  type TaskContext,
  type TaskHandle,
} from "tasktor"
import { describe, expectTypeOf, it } from "vitest"
import { z } from "zod"

describe("defineTask", () => {
  it("takes name, arguments, output and events from what it is given", () => {
    const trace = defineTask({
      name: "trace",
      events: events<{ contour: { points: number[] }; warning: string }>(),
      run: async (_ctx, image: Uint8Array, threshold: number = 0.5) => ({ contours: image.length * threshold }),
    })
    type Events = { contour: { points: number[] }; warning: string }
    expectTypeOf(trace.taskName).toEqualTypeOf<"trace">()
    expectTypeOf(trace).parameters.toEqualTypeOf<[image: Uint8Array, threshold?: number | undefined]>()
    expectTypeOf(trace).returns.toEqualTypeOf<TaskCall<{ contours: number }, Events>>()
    expectTypeOf(trace.with({ priority: 1 })).toEqualTypeOf(trace)
    expectTypeOf(trace(new Uint8Array()).with({ priority: 1 })).toEqualTypeOf<TaskCall<{ contours: number }, Events>>()
  })

  it("gives the output of a plain function, of a promise and of an Effect alike", () => {
    const plain = defineTask({ name: "plain", run: () => 1 })
    const later = defineTask({ name: "later", run: async () => 1 })
    const effect = defineTask({ name: "effect", run: () => Effect.succeed(1) })
    const fails = defineTask({
      name: "fails",
      run: (_ctx, n: number) => (n > 0 ? Effect.succeed(n) : Effect.fail("no")),
    })
    expectTypeOf(plain()).toEqualTypeOf<TaskCall<number, {}>>()
    expectTypeOf(later()).toEqualTypeOf<TaskCall<number, {}>>()
    expectTypeOf(effect()).toEqualTypeOf<TaskCall<number, {}>>()
    expectTypeOf(fails(1)).toEqualTypeOf<TaskCall<number, {}>>()
  })

  it("knows the events of the body", () => {
    defineTask({
      name: "talks",
      events: events<{ count: number }>(),
      run: (ctx) => {
        expectTypeOf(ctx).toEqualTypeOf<TaskContext<{ count: number }>>()
        ctx.sendEvent("count", 1)
        // @ts-expect-error an event that the definition does not name
        ctx.sendEvent("number", 1)
        // @ts-expect-error a payload of another type
        ctx.sendEvent("count", "one")
        expectTypeOf(ctx.sendEventAndWait("count", 1, { timeout: "2 seconds" })).toEqualTypeOf<Promise<boolean>>()
        // @ts-expect-error a duration in no unit
        void ctx.sendEventAndWait("count", 1, { timeout: "2 parsecs" })
      },
    })
    defineTask({
      name: "silent",
      run: (ctx) => {
        // @ts-expect-error a definition without events sends none
        ctx.sendEvent("anything", 1)
      },
    })
  })

  it("takes an interface for its events", () => {
    interface Found {
      file: string
      size?: number
    }
    const find = defineTask({
      name: "find",
      events: events<Found>(),
      run: (ctx) => {
        ctx.sendEvent("file", "a.txt")
        // @ts-expect-error a payload of another type
        ctx.sendEvent("file", 1)
        // @ts-expect-error an event that the interface does not name
        ctx.sendEvent("folder", "a")
      },
    })
    expectTypeOf(find()).toEqualTypeOf<TaskCall<void, { file: string; size?: number }>>()
  })

  it("takes a line that gives something to clean up", () => {
    const open = new Set([1])
    defineTask({
      name: "cleans",
      run: (ctx) => {
        expectTypeOf(ctx.onCancel(() => open.delete(1))).toBeVoid()
        ctx.onCancel(async () => open.size)
        // @ts-expect-error a cleanup is given nothing
        ctx.onCancel((n: number) => n)
      },
    })
  })

  it("knows the types of children", () => {
    const child = defineTask({
      name: "typed-child",
      events: events<{ word: string }>(),
      run: (_ctx, n: number) => String(n),
    })
    defineTask({
      name: "typed-parent",
      run: async (ctx) => {
        const handle = ctx.run(child(1), { weight: 2, key: "c" })
        expectTypeOf(handle).toEqualTypeOf<ChildHandle<string, { word: string }>>()
        expectTypeOf(handle.cancel()).toEqualTypeOf<Promise<CancelReceipt>>()
        handle.on("word", (word) => void expectTypeOf(word).toEqualTypeOf<string>())
        // @ts-expect-error an argument of the wrong type
        ctx.run(child("1"))
        // @ts-expect-error the rest of a handle is not there in a worker
        void handle.snapshot
        return handle.result()
      },
    })
  })

  it("holds a schema to the arguments and the output", () => {
    const good = defineTask({
      name: "good",
      input: z.tuple([z.string(), z.number()]),
      output: z.string(),
      run: (_ctx, text: string, times: number) => text.repeat(times),
    })
    expectTypeOf(good("a", 2)).toEqualTypeOf<TaskCall<string, {}>>()
    const effect = Schema.toStandardSchemaV1(Schema.Tuple([Schema.Number, Schema.String]))
    const times = defineTask({ name: "times", input: effect, run: (_ctx, n: number, text: string) => text.repeat(n) })
    expectTypeOf(times).parameters.toEqualTypeOf<[n: number, text: string]>()
    const frozen = defineTask({
      name: "frozen",
      input: z.tuple([z.string()]).readonly(),
      run: (_ctx, text: string) => text,
    })
    expectTypeOf(frozen).parameters.toEqualTypeOf<[text: string]>()
    // @ts-expect-error arguments that the schema does not give
    defineTask({ name: "worse", input: effect, run: (_ctx, text: string, n: number) => text.repeat(n) })
    // @ts-expect-error an output that the schema does not give
    defineTask({ name: "bad", output: z.number(), run: () => "text" })
  })

  it("refuses settings that do not exist or have another type", () => {
    const run = (): number => 1
    // @ts-expect-error a duration in no unit
    defineTask({ name: "a", delay: "soon", run })
    // @ts-expect-error an unknown backoff
    defineTask({ name: "b", retry: { maxAttempts: 2, backoff: "cubic" }, run })
    // @ts-expect-error a retry policy says how many attempts
    defineTask({ name: "c", retry: {}, run })
    // @ts-expect-error a misspelt setting
    defineTask({ name: "d", timeOut: { hard: 1 }, run })
    // @ts-expect-error a name is a must
    defineTask({ run })
    // @ts-expect-error so is a body
    defineTask({ name: "e" })
    expectTypeOf(defineTask({ name: "f", delay: "2 seconds", run }).settings.priority).toEqualTypeOf<
      number | undefined
    >()
  })

  it("lets a body be called without a supervisor", () => {
    const plain = defineTask({ name: "unit", run: (_ctx, n: number) => n + 1 })
    expectTypeOf(plain.body).parameters.toEqualTypeOf<[ctx: TaskContext<{}>, n: number]>()
  })
})

describe("an outcome", () => {
  it("is told apart by its status", () => {
    const outcome = {} as Outcome<number>
    expectTypeOf(outcome.status).toEqualTypeOf<"completed" | "failed" | "cancelled">()
    if (outcome.status === "completed") expectTypeOf(outcome.output).toEqualTypeOf<number>()
    // @ts-expect-error only a completed one has an output
    void outcome.output
    if (outcome.status === "failed" && outcome.failure.type === "error")
      expectTypeOf(outcome.failure.error).toEqualTypeOf<Error>()
    if (outcome.status === "cancelled" && outcome.reason.type === "replaced")
      expectTypeOf(outcome.reason.by).toEqualTypeOf<string>()
  })

  it("is readonly, as snapshots are", () => {
    const handle = {} as TaskHandle<number>
    // @ts-expect-error a snapshot is not changed by those who look at it
    handle.snapshot.progress = 1
    // @ts-expect-error nor are its tags
    handle.snapshot.tags.push("more")
    expectTypeOf(handle.snapshot.tags).toEqualTypeOf<readonly string[]>()
  })
})
