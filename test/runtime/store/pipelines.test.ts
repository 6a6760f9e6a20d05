/** Pipelines whose program ends before they do. */
import fc from "fast-check"
import { chain, chord, defineTask, graph, group, map, type TaskCall } from "tasktor"
import { describe, expect, it } from "vitest"
import { programs } from "../../support/programs.ts"
import { sleep, untilAborted } from "../../support/wait.ts"

const bodies: string[] = []
let clock: ReturnType<typeof programs>["clock"]

/** Takes a second, so that a kill finds something that runs. */
const add = defineTask({
  name: "add",
  run: async (ctx, n: number, more: number = 1) => {
    bodies.push(`${n}+${more} ${ctx.attempt}`)
    await sleep(clock, 1000)
    return n + more
  },
})
const sum = defineTask({
  name: "sum",
  run: (_ctx, numbers: readonly number[]) => {
    bodies.push(`sum ${numbers.join()}`)
    return numbers.reduce((a, b) => a + b, 0)
  },
})
const waits = defineTask({
  name: "waits",
  run: (ctx) => {
    bodies.push(`waits ${ctx.attempt}`)
    return ctx.attempt === 1 ? untilAborted(ctx) : "waited"
  },
})

function fresh(): ReturnType<typeof programs> {
  bodies.length = 0
  const made = programs()
  ;({ clock } = made)
  return made
}

describe("a pipeline of another program", () => {
  it("goes on from the last step that has settled, and runs the one that ran once more", async () => {
    const { start, kill } = fresh()
    const { id } = start().run(chain(add(1), add, add))
    await clock.advance("1.5 seconds")
    expect(bodies).toEqual(["1+1 1", "2+1 1"])
    kill()
    const next = start()
    const handle = next.get(id)
    await clock.advance(100)
    expect(bodies).toEqual(["1+1 1", "2+1 1", "2+1 2"])
    expect(handle.pipeline?.getSnapshot().value).toBe("add 2")
    expect(handle.snapshot).toMatchObject({ status: "running", attempt: 2, progress: 1 / 3 })
    await clock.advance("3 seconds")
    expect(await handle.result()).toBe(4)
    expect(bodies).toEqual(["1+1 1", "2+1 1", "2+1 2", "3+1 1"])
  })

  it("ends its actor with the numbers of all that ended with it", async () => {
    const { start } = fresh()
    const supervisor = start({ concurrency: { coroutine: 1 } })
    supervisor.addCoroutine(() => sleep(clock, 1000), [])
    await clock.settle()
    const [cancelled, completed] = [supervisor.run(map(add, [1, 2, 3])), supervisor.run(chain(add(1), add))]
    const pipelines = [cancelled.pipeline, completed.pipeline]
    await clock.settle()
    void cancelled.cancel()
    await clock.advance("5 seconds")
    expect(pipelines.map((pipeline) => pipeline.getSnapshot())).toMatchObject([
      { status: "done", value: "cancelled", context: { counts: { map: { alive: 0, cancelled: 3 } } } },
      { status: "done", value: "completed" },
    ])
  })

  it("knows of each item of a map whether it is through", async () => {
    const { start, kill } = fresh()
    const { id } = start().run(map(add, [10, 20, 30, 40, 50], { concurrency: 2 }))
    await clock.advance("1.5 seconds")
    kill()
    const next = start()
    await clock.advance("1 minute")
    expect(await next.get(id).result()).toEqual([11, 21, 31, 41, 51])
    expect(bodies).toEqual(["10+1 1", "20+1 1", "30+1 1", "40+1 1", "30+1 2", "40+1 2", "50+1 1"])
    expect(next.get(id).snapshot.progress).toBe(1)
  })

  it("takes the outputs of a graph's steps for those that come after them", async () => {
    const { start, kill } = fresh()
    const shape = graph({
      a: add(1),
      b: add(10),
      c: { after: ["a", "b"], run: defineOfBoth() },
      d: { after: "c", run: add },
    })
    const { id } = start().run(shape)
    await clock.advance("1.5 seconds")
    kill()
    const next = start()
    await clock.advance("1 minute")
    expect(await next.get(id).result()).toEqual({ a: 2, b: 11, c: 13, d: 14 })
    expect(bodies.filter((body) => body.startsWith("1+") || body.startsWith("10+"))).toHaveLength(2)
  })

  it("goes on inside of the pipelines inside of it, and is cancelled as a whole", async () => {
    const { start, kill } = fresh()
    const first = start()
    const inner = chain(add(1), add)
    const { id } = first.run(chord([inner, waits()], defineOfAny()))
    await clock.advance("1.5 seconds")
    kill()
    const next = start()
    await clock.advance(1)
    expect(bodies).toEqual(["waits 1", "1+1 1", "2+1 1", "waits 2", "2+1 2"])
    const receipts = next.cancel(id)
    await clock.advance("1 second")
    expect(await receipts).toEqual(["cancelled"])
    kill()
    expect(start().inspect.stats()).toMatchObject({ alive: 0 })
  })

  it.each<readonly [string, () => TaskCall<unknown>]>([
    ["map", () => map(add, [1, 2, 3, 4])],
    ["group", () => group([add(1), add(2), add(3), add(4)])],
    ["graph", () => graph({ a: add(1), b: add(2), c: add(3), d: add(4) })],
  ])("goes on after a shutdown that found steps of it waiting: %s", async (_title, pipeline) => {
    const { start } = fresh()
    const first = start({ concurrency: { coroutine: 1 } })
    const { id } = first.run(pipeline())
    await clock.advance("1.5 seconds")
    const stopped = first.shutdown()
    await clock.advance("1 second")
    await stopped
    const next = start()
    await clock.advance("1 minute")
    expect(next.get(id).snapshot).toMatchObject({ status: "completed" })
    expect(bodies).toEqual(["1+1 1", "2+1 1", "2+1 2", "3+1 1", "4+1 1"])
  })

  it("ends with a step that had failed, and runs none behind it", async () => {
    const { start, kill } = fresh()
    const deaf = defineTask({ name: "deaf", run: () => sleep(clock, 10_000) })
    const fails = defineTask({ name: "fails", run: () => Promise.reject(new Error("no")) })
    const { id } = start().run(group([fails().with({ retry: { maxAttempts: 1 } }), deaf()]))
    await clock.advance("1 second")
    kill()
    const next = start()
    await clock.advance("1 minute")
    expect(next.get(id).snapshot.outcome).toMatchObject({ status: "failed", failure: { error: { message: "no" } } })
    expect(next.inspect.stats()).toMatchObject({ alive: 0 })
  })

  it("begins anew where it is tried again for a failure of its own", async () => {
    const { start, kill } = fresh()
    const flaky = defineTask({
      name: "flaky",
      retry: { maxAttempts: 1 },
      run: async (_ctx, n: number) => {
        bodies.push(`flaky ${n}`)
        await sleep(clock, 1000)
        if (bodies.filter((body) => body.startsWith("flaky")).length === 1) throw new Error("once")
        return n
      },
    })
    const pipeline = chain(add(1), flaky).with({ retry: { maxAttempts: 4, delay: 0 } })
    const { id } = start().run(pipeline)
    // add, flaky fails, add again, and flaky runs
    await clock.advance("3.5 seconds")
    expect(bodies).toEqual(["1+1 1", "flaky 2", "1+1 1", "flaky 2"])
    kill()
    const next = start()
    await clock.advance("1 minute")
    // One attempt is all that flaky has, and it was lost; the pipeline has another one, which begins with its first step.
    expect(bodies.slice(4)).toEqual(["1+1 1", "flaky 2"])
    expect(await next.get(id).result()).toBe(2)
  })

  it("gives what it gives without a kill, wherever it is killed, and repeats no step that has settled", async () => {
    const plan = (): ReturnType<typeof chord> =>
      chord([chain(add(1), add), map(add, [5, 6, 7], { concurrency: 1 }), add(9)] as never, defineOfAny())
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 2500 }), { minLength: 1, maxLength: 4 }), async (lives) => {
        const { start, kill } = fresh()
        const { id } = start().run(plan().with({ retry: { maxAttempts: 1 } }))
        await clock.settle()
        for (const life of lives) {
          await clock.advance(life)
          kill()
          start({ defaults: { retry: { maxAttempts: 9, delay: 0 } } })
        }
        const last = start({ defaults: { retry: { maxAttempts: 9, delay: 0 } } })
        void last
        kill()
        const next = start({ defaults: { retry: { maxAttempts: 9, delay: 0 } } })
        await clock.advance("1 minute")
        expect(await next.get(id).outcome()).toEqual({ status: "completed", output: "[3,[6,7,8],10]" })
        const { tasks } = await next.history.list({ limit: 100 })
        expect(tasks.filter(({ status }) => status !== "completed")).toEqual([])
        // chord, chain with 2, map with 3, 9 + 1, the body
        expect(tasks).toHaveLength(1 + 3 + 4 + 1 + 1)
      }),
      { numRuns: 60 },
    )
  })
})

function defineOfBoth() {
  return defineTask({ name: "both", run: (_ctx, { a, b }: { a: number; b: number }) => a + b })
}

function defineOfAny() {
  return defineTask({ name: "any", run: (_ctx, all: unknown) => JSON.stringify(all) })
}

void sum
