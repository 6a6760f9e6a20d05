/** Random graphs, invalidated at random instants, beside a plain computation of all of it. */
import fc from "fast-check"
import { defineTask, graph, type GraphStep, keepFresh } from "tasktor"
import { expect, it } from "vitest"
import { setup } from "../../support/setup.ts"
import { sleep } from "../../support/wait.ts"

interface Sketch {
  /** Those before it that it waits for, by how far back they are. */
  readonly back: readonly number[]
  readonly ms: number
  /** Its output is what it is given, divided by this and rounded down: many inputs give the same. */
  readonly divisor: number
  readonly heedsAbort: boolean
}

interface Change {
  readonly afterMs: number
  readonly step: number
  readonly does: "invalidate" | "pause" | "resume" | "refresh"
  /** What the step adds from then on. */
  readonly adds: number
}

const sketches = fc.array(
  fc.record({
    back: fc.uniqueArray(fc.integer({ min: 1, max: 4 }), { maxLength: 3 }),
    ms: fc.integer({ min: 1, max: 20 }),
    divisor: fc.constantFrom(1, 1, 2, 5),
    heedsAbort: fc.boolean(),
  }),
  { minLength: 1, maxLength: 8 },
)

const changes = fc.array(
  fc.record({
    afterMs: fc.integer({ min: 0, max: 25 }),
    step: fc.nat(7),
    does: fc.constantFrom("invalidate", "invalidate", "invalidate", "invalidate", "pause", "resume", "refresh"),
    adds: fc.integer({ min: 0, max: 12 }),
  }),
  { maxLength: 25 },
)

it("at rest every output is that of a whole computation, and nothing ran without a reason", async () => {
  await fc.assert(
    fc.asyncProperty(
      sketches,
      changes,
      fc.constantFrom(0, 7, 30),
      fc.constantFrom("automatic" as const, "manual" as const),
      fc.constantFrom(Number.POSITIVE_INFINITY, 1, 2),
      async (all: readonly Sketch[], todo: readonly Change[], debounce, mode, concurrency) => {
        const { supervisor, clock } = setup()
        const adds = all.map(() => 1)
        const wrong: string[] = []
        const alive = all.map(() => 0)
        /** Why the next run of a step may be: it was invalidated, or its last run was cut off. */
        const hasReason = all.map(() => true)
        const lastGood: (string | undefined)[] = all.map(() => undefined)
        const beforeOf = (index: number): readonly number[] =>
          (all[index]?.back ?? []).map((far) => index - far).filter((before) => before >= 0)
        const valueOf = (index: number, inputs: readonly number[]): number =>
          Math.floor(((adds[index] ?? 0) + inputs.reduce((sum, one) => sum + one, 0)) / (all[index]?.divisor ?? 1))
        const entries = all.map((sketch, index): [string, GraphStep] => {
          const task = defineTask({
            name: `task ${index}`,
            run: async (ctx, input: Readonly<Record<string, number>>) => {
              const inputs = Object.values(input)
              const given = JSON.stringify(inputs)
              if (++alive[index]! > 1) wrong.push(`${index} runs twice at once`)
              if (!hasReason[index] && given === lastGood[index]) wrong.push(`${index} ran without a reason`)
              hasReason[index] = false
              const value = valueOf(index, inputs)
              const aborted = new Promise((resolve) => ctx.onCancel(() => resolve(undefined)))
              await Promise.race([sleep(clock, sketch.ms), ...(sketch.heedsAbort ? [aborted] : [])])
              alive[index]!--
              if (ctx.isCancelled()) hasReason[index] = true
              else lastGood[index] = given
              return value
            },
          })
          return [`step ${index}`, { after: beforeOf(index).map((before) => `step ${before}`), run: task }]
        })
        const steps = Object.fromEntries(entries) as Parameters<typeof graph>[0]
        const kept = keepFresh(supervisor, graph(steps, { concurrency }), { debounce, mode })
        let pauses = 0
        for (const { afterMs, step, does, adds: more } of todo) {
          await clock.advance(afterMs)
          const index = step % all.length
          if (does === "pause") kept.pause()
          if (does === "pause") pauses++
          if (does === "resume" && pauses > 0) kept.resume()
          if (does === "resume" && pauses > 0) pauses--
          if (does === "refresh") void kept.refresh()
          if (does !== "invalidate") continue
          adds[index] = more
          hasReason[index] = true
          kept.invalidate(`step ${index}`)
        }
        for (; pauses > 0; pauses--) kept.resume()
        const refreshed = mode === "manual" ? kept.refresh() : kept.outcome()
        await clock.advance("10 seconds")
        const expected: number[] = []
        for (const index of all.keys())
          expected.push(
            valueOf(
              index,
              beforeOf(index).map((before) => expected[before] ?? 0),
            ),
          )
        const outputs = Object.fromEntries(expected.map((value, index) => [`step ${index}`, value]))
        expect(await refreshed).toEqual({ status: "completed", output: outputs })
        expect(kept.snapshot.state).toBe("fresh")
        expect(wrong).toEqual([])
        expect(supervisor.getSnapshot().tasks).toEqual([])
      },
    ),
    { numRuns: 400 },
  )
})
