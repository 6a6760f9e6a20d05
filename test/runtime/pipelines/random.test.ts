/** Random nested pipelines beside a plain evaluation of the same steps. */
import fc from "fast-check"
import { chain, chord, chunks, defineTask, graph, group, map, type TaskCall, type TaskDefinition } from "tasktor"
import { expect, it } from "vitest"
import { setup } from "../../support/setup.ts"

/** What a pipeline is, and what it should give, for whatever comes in. */
type Sketch =
  | { readonly type: "task"; readonly add: number; readonly isCall: boolean }
  | { readonly type: "chain"; readonly steps: readonly Sketch[] }
  | { readonly type: "group" | "chord"; readonly members: readonly Sketch[]; readonly concurrency: number }
  | { readonly type: "graph"; readonly members: readonly Sketch[]; readonly far: number }
  | { readonly type: "map"; readonly items: readonly number[]; readonly concurrency: number }
  | { readonly type: "chunks"; readonly items: readonly number[]; readonly size: number }

interface Run {
  readonly bodies: string[]
}

const sketches = fc.letrec<{ sketch: Sketch }>((tie) => ({
  sketch: fc.oneof(
    { maxDepth: 3, depthIdentifier: "pipelines" },
    fc.record({ type: fc.constant("task" as const), add: fc.integer({ min: 0, max: 9 }), isCall: fc.boolean() }),
    fc.record({
      type: fc.constant("chain" as const),
      steps: fc.array(tie("sketch"), { minLength: 1, maxLength: 4 }),
    }),
    fc.record({
      type: fc.constantFrom("group" as const, "chord" as const),
      members: fc.array(tie("sketch"), { maxLength: 4 }),
      concurrency: fc.integer({ min: 1, max: 3 }),
    }),
    fc.record({
      type: fc.constant("graph" as const),
      members: fc.array(tie("sketch"), { maxLength: 4 }),
      far: fc.integer({ min: 1, max: 3 }),
    }),
    fc.record({
      type: fc.constant("map" as const),
      items: fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 5 }),
      concurrency: fc.integer({ min: 1, max: 3 }),
    }),
    fc.record({
      type: fc.constant("chunks" as const),
      items: fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 5 }),
      size: fc.integer({ min: 1, max: 3 }),
    }),
  ),
})).sketch

/** A number out of whatever came before. */
const sumOf = (value: unknown): number =>
  typeof value === "object" && value !== null
    ? Object.values(value).reduce<number>((sum, one) => sum + sumOf(one), 0)
    : typeof value === "number"
      ? value
      : 0

type AnyStep = TaskDefinition<string, [input?: unknown], number, Record<never, never>>

function definition(add: number, run: Run, hops: number): AnyStep {
  return defineTask({
    name: `add ${add}`,
    run: async (_ctx, input?: unknown) => {
      run.bodies.push(`add ${add} to ${sumOf(input)}`)
      for (let hop = 0; hop < hops; hop++) await Promise.resolve()
      return add + sumOf(input)
    },
  })
}

const isDefinition = (sketch: Sketch): sketch is Extract<Sketch, { type: "task" }> =>
  sketch.type === "task" && !sketch.isCall

function callOf(sketch: Sketch, run: Run): TaskCall<unknown> {
  switch (sketch.type) {
    case "task":
      return definition(sketch.add, run, sketch.add)(1)
    case "chain": {
      const [first = sketch, ...rest] = sketch.steps
      return (chain as (...steps: unknown[]) => TaskCall<unknown>)(
        callOf(first, run),
        ...rest.map((step) => (isDefinition(step) ? definition(step.add, run, 1) : callOf(step, run))),
      )
    }
    case "group":
      return group(
        sketch.members.map((member) => callOf(member, run)),
        { concurrency: sketch.concurrency },
      )
    case "chord":
      return chord(
        sketch.members.map((member) => callOf(member, run)),
        definition(100, run, 0),
        { concurrency: sketch.concurrency },
      )
    case "graph":
      return graph(
        Object.fromEntries(
          sketch.members.map((member, n) => {
            const own = isDefinition(member) ? definition(member.add, run, 1) : callOf(member, run)
            return [`s${n}`, { after: n < sketch.far ? [] : [`s${n - sketch.far}`], run: own }]
          }),
        ),
      )
    case "map":
      return map(definition(7, run, 2), sketch.items, { concurrency: sketch.concurrency })
    case "chunks":
      return chunks(definition(5, run, 1), sketch.items, sketch.size)
  }
}

/** The same, without tasks. */
function valueOf(sketch: Sketch, run: Run, previous?: unknown): unknown {
  const body = (add: number, input: unknown): number => {
    run.bodies.push(`add ${add} to ${sumOf(input)}`)
    return add + sumOf(input)
  }
  switch (sketch.type) {
    case "task":
      return body(sketch.add, previous === undefined ? 1 : previous)
    case "chain":
      return sketch.steps.reduce<unknown>(
        (before, step, index) => valueOf(step, run, index > 0 && isDefinition(step) ? (before ?? 0) : undefined),
        undefined,
      )
    case "group":
      return sketch.members.map((member) => valueOf(member, run))
    case "chord":
      return body(
        100,
        sketch.members.map((member) => valueOf(member, run)),
      )
    case "graph": {
      const values: Record<string, unknown> = {}
      for (const [n, member] of sketch.members.entries()) {
        const before = n < sketch.far ? {} : { [n - sketch.far]: values[`s${n - sketch.far}`] }
        values[`s${n}`] = valueOf(member, run, isDefinition(member) ? before : undefined)
      }
      return values
    }
    case "map":
      return sketch.items.map((item) => body(7, item))
    case "chunks": {
      const { items, size } = sketch
      return Array.from({ length: Math.ceil(items.length / size) }, (_, chunk) =>
        items.slice(chunk * size, (chunk + 1) * size).map((item) => body(5, item)),
      )
    }
  }
}

it("any pipeline gives what a plain evaluation gives, and runs each body exactly once", async () => {
  const { supervisor } = setup()
  await fc.assert(
    fc.asyncProperty(sketches, async (sketch) => {
      const [run, plain]: [Run, Run] = [{ bodies: [] }, { bodies: [] }]
      const expected = valueOf(sketch, plain)
      const handle = supervisor.run(callOf(sketch, run))
      expect(await handle.result()).toEqual(expected)
      expect(run.bodies.toSorted()).toEqual(plain.bodies.toSorted())
      expect(handle.snapshot).toMatchObject({ status: "completed", progress: 1 })
      expect(supervisor.getSnapshot().tasks).toEqual([])
    }),
    { numRuns: 300 },
  )
})

it("a pipeline that is cancelled at any moment runs no body from then on", async () => {
  const { supervisor } = setup()
  await fc.assert(
    fc.asyncProperty(sketches, fc.integer({ min: 0, max: 40 }), async (sketch, moment) => {
      const run: Run = { bodies: [] }
      const handle = supervisor.run(callOf(sketch, run))
      for (let turn = 0; turn < moment; turn++) await Promise.resolve()
      const receipt = handle.cancel()
      const begun = run.bodies.length
      expect(await receipt).toMatch(/^(cancelled|already-completed)$/)
      for (let turn = 0; turn < 50; turn++) await Promise.resolve()
      expect(run.bodies).toHaveLength(begun)
      expect(supervisor.getSnapshot().tasks).toEqual([])
    }),
    { numRuns: 300 },
  )
})
