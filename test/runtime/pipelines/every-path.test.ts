/** Each kind of pipeline, led through every way that it can go: every step completes, fails and is cancelled, in every order. */
import { chain, chord, chunks, defineTask, graph, group, map, type TaskCall } from "tasktor"
import { walkPaths, type WalkedPath } from "tasktor/testing"
import { describe, expect, it } from "vitest"

const a = defineTask({ name: "a", run: (_ctx, _input?: unknown) => 0 })
const b = defineTask({ name: "b", run: (_ctx, _input?: unknown) => 0 })
const c = defineTask({ name: "c", run: (_ctx, _input?: unknown) => 0 })
const d = defineTask({ name: "d", run: (_ctx, _input?: unknown) => 0 })
const outputs = { a: 1, b: 2, c: 3, d: 4 }

const diamond = {
  a: a(),
  b: { after: "a", run: b },
  c: { after: "a", run: c },
  d: { after: ["b", "c"], run: d },
} as const
const flaky = b.with({ retry: { maxAttempts: 2, delay: "1 second", jitter: "none" } })

const kinds: readonly [kind: string, pipeline: TaskCall<unknown>, output: unknown][] = [
  ["chain", chain(a(), b, c), 3],
  ["group", group([a(), b(), c()]), [1, 2, 3]],
  ["chord", chord([a(), a()], b), 2],
  ["map", map(a, [1, 2, 3], { concurrency: 2 }), [1, 1, 1]],
  ["chunks", chunks(a, [1, 2, 3], 2), [1, 1]],
  ["graph", graph(diamond), { a: 1, b: 2, c: 3, d: 4 }],
  ["graph with room for one", graph(diamond, { concurrency: 1 }), { a: 1, b: 2, c: 3, d: 4 }],
  ["chain of a graph of chains", chain(a(), graph({ p: chain(b(), c), q: d() }), d), 4],
  ["graph of a chord and a map", graph({ p: chord([a()], b), q: { after: "p", run: map(c, [1]) } }), { p: 2, q: [3] }],
  ["chain with a step that is retried", chain(a(), flaky), 2],
]

/** Whether every task on the path that was played did complete in the end. */
const allComplete = ({ steps }: WalkedPath): boolean => !steps.some((step) => / (is cancelled|fails)$/.test(step))

const isCancelled = ({ steps, snapshot }: WalkedPath): boolean =>
  steps.at(-1) === `${(snapshot as { context: { name: string } }).context.name} is cancelled`

describe.each(kinds)("a %s", (_kind, pipeline, output) => {
  const walked = walkPaths({ begin: pipeline, outputs })

  it("ends on every path, and leaves nothing alive", async () => {
    for (const { ending, alive } of await walked) expect({ ending, alive }).toEqual({ ending: "ends", alive: 0 })
  })

  it("gives its output where all of it completes, and only then", async () => {
    const paths = await walked
    const good = paths.filter(({ state }) => state === "completed")
    expect(good.length).toBeGreaterThan(0)
    for (const { snapshot } of good) expect(snapshot.output).toEqual({ status: "completed", output })
    for (const path of paths.filter(allComplete)) expect(path.state).toBe("completed")
  })

  it("fails with the step that does, at which it says that it stopped; the rest never runs", async () => {
    const bad = (await walked).filter((path) => path.state === "failed")
    expect(bad.length).toBeGreaterThan(0)
    for (const { steps, snapshot, stoppedAt, outcomes } of bad) {
      const label = steps.at(-1)?.replace(/ (is cancelled|fails)$/, "") ?? ""
      const { status } = outcomes.find(({ task }) => task === label)?.outcome ?? {}
      expect(status).toBe(steps.at(-1)?.endsWith("fails") === true ? "failed" : "cancelled")
      const { failure } = snapshot.output as { readonly failure: { readonly error: Error } }
      expect(failure.error.message).toMatch(status === "failed" ? `${label} fails` : "was cancelled")
      expect(stoppedAt).toBeTypeOf("string")
      // Whatever settled after it had no part in it: it was cancelled, as skipped or with its parent.
      const later = outcomes.slice(outcomes.findIndex(({ task }) => task === label) + 1)
      expect(later.filter(({ outcome }) => outcome.status === "completed")).toEqual([])
    }
  })

  it("is cancelled at each step, and all that runs of it", async () => {
    const paths = await walked
    const cancelled = paths.filter(({ state }) => state === "cancelled")
    expect(cancelled).toEqual(paths.filter(isCancelled))
    expect(cancelled.length).toBeGreaterThan(1)
    for (const { snapshot } of cancelled) expect(snapshot.output).toMatchObject({ reason: { type: "requested" } })
  })
})

describe("in the mode `settled`", () => {
  it.each<[string, TaskCall<unknown>]>([
    ["a group", group([a(), b()], { mode: "settled" })],
    ["a map", map(a, [1, 2], { mode: "settled" })],
    ["a graph", graph(diamond, { mode: "settled" })],
  ])("%s completes whatever its tasks do, unless it is cancelled itself", async (_kind, pipeline) => {
    const paths = await walkPaths({ begin: pipeline, outputs })
    for (const path of paths) expect(path.state).toBe(isCancelled(path) ? "cancelled" : "completed")
    expect(paths.filter((path) => path.state === "completed" && !allComplete(path)).length).toBeGreaterThan(0)
  })

  it("a graph runs what does not depend on a failure, and nothing that does", async () => {
    const paths = await walkPaths({ begin: graph(diamond, { mode: "settled" }), outputs })
    const failed = paths.find(({ steps }) => steps.join() === "a completes,b fails,c completes")
    expect(failed?.snapshot.output).toMatchObject({
      output: {
        a: { status: "completed" },
        b: { status: "failed" },
        c: { status: "completed" },
        d: { status: "cancelled" },
      },
    })
    const root = paths.find(({ steps }) => steps.join() === "a fails")
    expect(root?.outcomes.map(({ task, outcome }) => `${task} ${outcome.status}`)).toEqual([
      "a failed",
      "b cancelled",
      "c cancelled",
      "d cancelled",
      "graph completed",
    ])
  })
})
