/** Random graphs on simulated time, beside a plain evaluation of when each step begins and how it ends. */
import fc from "fast-check"
import { defineTask, graph, type GraphStep, type Outcome } from "tasktor"
import { expect, it } from "vitest"
import { setup } from "../../support/setup.ts"
import { sleep } from "../../support/wait.ts"

interface Sketch {
  /** Those before it that it waits for, by how far back they are. */
  readonly back: readonly number[]
  readonly ms: number
  readonly fails: boolean
}

interface Times {
  readonly beganAt: Map<number, number>
  readonly endedAt: Map<number, number>
}

const sketches = fc.array(
  fc.record({
    back: fc.uniqueArray(fc.integer({ min: 1, max: 6 }), { maxLength: 3 }),
    ms: fc.integer({ min: 1, max: 20 }),
    fails: fc.nat(7).map((n) => n === 0),
  }),
  { minLength: 1, maxLength: 14 },
)

const beforeOf = ({ back }: Sketch, index: number): readonly number[] =>
  back.map((far) => index - far).filter((before) => before >= 0)

type Clock = ReturnType<typeof setup>["clock"]

/** The steps as a graph takes them, in any order, and when each began and ended. */
function steps(all: readonly Sketch[], clock: Clock, order: readonly number[]) {
  const times: Times = { beganAt: new Map(), endedAt: new Map() }
  const begins: number[] = []
  const entries = all.map((sketch, index): [string, GraphStep] => {
    const task = defineTask({
      name: `task ${index}`,
      run: async (ctx, input: Readonly<Record<string, number>>) => {
        begins.push(index)
        times.beganAt.set(index, clock.now())
        // Nobody can be cut off from what he waits for: the end is when it is over.
        await Promise.race([sleep(clock, sketch.ms), new Promise((resolve) => ctx.onCancel(() => resolve(undefined)))])
        times.endedAt.set(index, clock.now())
        if (sketch.fails) throw new RangeError(`task ${index}`)
        return Object.values(input).reduce((sum, one) => sum + one, 1)
      },
    })
    return [`step ${index}`, { after: beforeOf(sketch, index).map((before) => `step ${before}`), run: task }]
  })
  const shuffled = order.flatMap((index) => entries.slice(index, index + 1))
  return { times, begins, steps: Object.fromEntries(shuffled) as Parameters<typeof graph>[0] }
}

/** How each step ends that is to end, and when, where there is room for all. */
function expected(all: readonly Sketch[]) {
  const ends: { status: Outcome<unknown>["status"]; at: number; output: number }[] = []
  for (const [index, sketch] of all.entries()) {
    const before = beforeOf(sketch, index).map((number) => ends[number])
    const isReached = before.every((end) => end?.status === "completed")
    const at = Math.max(0, ...before.map((end) => end?.at ?? 0)) + sketch.ms
    const output = before.reduce((sum, end) => sum + (end?.output ?? 0), 1)
    ends.push({ status: isReached ? (sketch.fails ? "failed" : "completed") : "cancelled", at, output })
  }
  return ends
}

const graphs = sketches.chain((all) =>
  fc.record({
    all: fc.constant(all),
    order: fc.shuffledSubarray([...all.keys()], { minLength: all.length, maxLength: all.length }),
    concurrency: fc.constantFrom(Number.POSITIVE_INFINITY, 1, 2, 3),
  }),
)

const hasRoom = (concurrency: number): boolean => concurrency === Number.POSITIVE_INFINITY

it("in the mode `settled` any graph ends as a plain evaluation says, each step at its moment, once", async () => {
  await fc.assert(
    fc.asyncProperty(graphs, async ({ all, order, concurrency }) => {
      const { supervisor, clock } = setup()
      const start = clock.now()
      const { times, begins, steps: tied } = steps(all, clock, order)
      const handle = supervisor.run(graph(tied, { mode: "settled", concurrency }))
      await clock.advance("1 second")
      const output = (await handle.result()) as Record<string, Outcome<number>>
      const ends = expected(all)
      const ran = [...ends.keys()].filter((index) => ends[index]?.status !== "cancelled")
      expect(Object.keys(output)).toEqual(order.map((index) => `step ${index}`))
      expect(all.map((_, index) => endOf(output[`step ${index}`]))).toEqual(
        ends.map((end) => (end.status === "completed" ? end.output : end.status)),
      )
      expect(begins.toSorted((a, b) => a - b)).toEqual(ran)
      const early = ran.filter((index) =>
        beforeOf(all[index] ?? never, index).some(
          (before) => (times.endedAt.get(before) ?? Infinity) > (times.beganAt.get(index) ?? 0),
        ),
      )
      expect(early).toEqual([])
      const late = ran.filter((index) => times.endedAt.get(index) !== start + (ends[index]?.at ?? 0))
      expect(hasRoom(concurrency) ? late : []).toEqual([])
    }),
    { numRuns: 150 },
  )
})

it("fail-fast any graph ends with the first failure, and begins nothing after it", async () => {
  await fc.assert(
    fc.asyncProperty(graphs, async ({ all, order, concurrency }) => {
      const { supervisor, clock } = setup()
      const { times, steps: tied } = steps(all, clock, order)
      const handle = supervisor.run(graph(tied, { concurrency }))
      await clock.advance("1 second")
      const failures = [...times.endedAt].filter(([index]) => all[index]?.fails)
      const firstAt = Math.min(...failures.map(([, at]) => at))
      const first = failures.filter(([, at]) => at === firstAt).map(([index]) => `task ${index}`)
      const outcome = await handle.outcome()
      const ending = outcome.status === "failed" && outcome.failure.type === "error" && outcome.failure.error.message
      expect(failures.length === 0 ? [outcome.status] : first).toContain(failures.length === 0 ? "completed" : ending)
      expect([...times.beganAt.values()].filter((at) => at > firstAt)).toEqual([])
      expect(supervisor.getSnapshot().tasks).toEqual([])
    }),
    { numRuns: 150 },
  )
})

const never: Sketch = { back: [], ms: 0, fails: false }

function endOf(outcome: Outcome<number> | undefined): unknown {
  return outcome?.status === "completed" ? outcome.output : outcome?.status
}
