import { chain, chord, defineTask, group, map, type Outcome, type TaskFact } from "tasktor"
import { expect, it } from "vitest"
import { setup } from "../support/setup.ts"
import { gate, untilAborted } from "../support/wait.ts"

const add = defineTask({ name: "add", run: (_ctx, a: number, b: number) => a + b })
const times8 = defineTask({ name: "times 8", run: (_ctx, n: number) => n * 8 })
const times10 = defineTask({ name: "times 10", run: (_ctx, n: number) => n * 10 })

class OverflowError extends Error {
  override readonly name = "OverflowError"
}
const overflows = defineTask({
  name: "overflows",
  run: (_ctx, _n: number): number => {
    throw new OverflowError("too much")
  },
})

it("16. a chain of add 2 + 2, × 8, × 10 is 320", async () => {
  const { supervisor } = setup()
  expect(await supervisor.run(chain(add(2, 2), times8, times10)).result()).toBe(320)
})

it("16. when step 2 fails, step 3 is cancelled as skipped because of it, and never runs", async () => {
  const { supervisor } = setup()
  const facts: TaskFact[] = []
  supervisor.onFact((fact) => facts.push(fact))
  const outcome = await supervisor.run(chain(add(2, 2), overflows, times10)).outcome()
  expect(outcome).toMatchObject({ status: "failed", failure: { type: "error", error: new OverflowError("too much") } })
  const ofThird = facts.filter(({ name }) => name === "times 10")
  expect(ofThird.map(({ type }) => type)).toEqual(["submitted", "outcome"])
  expect(ofThird[1]).toMatchObject({
    outcome: { status: "cancelled", reason: { type: "skipped", because: 'step 2 ("overflows") failed' } },
  })
})

const failsAt = (bad: number) =>
  defineTask({
    name: "member",
    run: async (_ctx, n: number) => {
      if (n === bad) throw new RangeError(`not ${n}`)
      return n
    },
  })

it("16. a group of 100 with one that fails: `settled` gives 100 outcomes in call order", async () => {
  const { supervisor } = setup()
  const member = failsAt(37)
  const calls = Array.from({ length: 100 }, (_, n) => member(n))
  const outcomes = await supervisor.run(group(calls, { mode: "settled" })).result()
  expect(outcomes.map(({ status }) => status)).toEqual(calls.map((_, n) => (n === 37 ? "failed" : "completed")))
  expect(outcomes.flatMap((one: Outcome<number>) => (one.status === "completed" ? [one.output] : []))).toEqual(
    calls.map((_, n) => n).filter((n) => n !== 37),
  )
})

it("16. … and `fail-fast` cancels the others", async () => {
  const { supervisor } = setup()
  const open = gate()
  let ended = 0
  const member = defineTask({
    name: "member",
    run: async (ctx, n: number) => {
      if (n === 37) return open.opened.then(() => Promise.reject(new RangeError("not 37")))
      return untilAborted(ctx).finally(() => ended++)
    },
  })
  const reasons = new Set<string>()
  supervisor.onFact((fact) => {
    if (fact.name === "member" && fact.type === "outcome") reasons.add(JSON.stringify(fact.outcome))
  })
  const handle = supervisor.run(group(Array.from({ length: 100 }, (_, n) => member(n))))
  open.open()
  expect(await handle.outcome()).toMatchObject({ status: "failed", failure: { error: { message: "not 37" } } })
  expect(ended).toBe(99)
  const because = 'call 38 ("member") failed'
  expect([...reasons].map((text) => JSON.parse(text) as unknown)).toContainEqual({
    status: "cancelled",
    reason: { type: "skipped", because },
  })
  expect(reasons.size).toBe(2)
})

it("16. a chord with an empty header runs its body once with []", async () => {
  const { supervisor } = setup()
  const given: unknown[] = []
  const body = defineTask({ name: "body", run: (_ctx, all: number[]) => given.push(all) })
  expect(await supervisor.run(chord([], body)).result()).toBe(1)
  expect(given).toEqual([[]])
})

it("16. a group of one gives an array of one", async () => {
  const { supervisor } = setup()
  expect(await supervisor.run(group([add(1, 2)])).result()).toEqual([3])
  expect(await supervisor.run(group([])).result()).toEqual([])
  expect(await supervisor.run(map(times8, [1])).result()).toEqual([8])
})
