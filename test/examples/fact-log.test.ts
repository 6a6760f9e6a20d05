import { defineTask, events } from "tasktor"
import { expect, test } from "vitest"
import { eventStream } from "../../examples/fastify-service/event-stream.ts"
import { FactLog } from "../../examples/fastify-service/fact-log.ts"
import { setup } from "../support/setup.ts"
import { gate } from "../support/wait.ts"
import { all } from "./running-service.ts"

/** A log of one settled task, for it takes no more than a character, of a supervisor that knows more of them. */
function logOfOne() {
  const { supervisor, clock } = setup()
  const end = gate<string>()
  const work = defineTask({
    name: "work",
    events: events<{ step: number }>(),
    run: (ctx, steps: number) => {
      for (let step = 0; step < steps; step++) ctx.sendEvent("step", step)
      return steps === 0 ? "nothing" : end.opened
    },
  })
  const begun = async (steps: number): Promise<string> => {
    const { id } = supervisor.run(work(steps))
    await clock.settle()
    return id
  }
  return { supervisor, clock, log: new FactLog(supervisor, "work", { tasks: 10, characters: 1 }), begun, end }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

const nobodyLeaves = new AbortController().signal

test("the events of a task that is forgotten while its client reads end there", async () => {
  const { clock, log, begun, end } = logOfOne()
  // More than the stream reads ahead.
  const steps = 100
  const stream = eventStream(log, await begun(steps), -1, nobodyLeaves)[Symbol.asyncIterator]()
  expect((await stream.next()).value).toMatch("event: submitted")
  end.open("done")
  await clock.settle()
  await begun(0)
  let read = ""
  for (let next = await stream.next(); next.done !== true; next = await stream.next()) read += String(next.value)
  expect(read.match(/^event: event$/gm)).toHaveLength(steps)
  expect(read).not.toContain("outcome")
})

test("those with little to tell are all known, until one comes that tells much", async () => {
  const { clock, begun, end, supervisor } = logOfOne()
  const log = new FactLog(supervisor, "work", { tasks: 11, characters: 10_000 })
  const small = await Promise.all(Array.from({ length: 10 }, () => begun(0)))
  const known = (): number => small.filter((task) => log.after(task, -1) !== undefined).length
  expect(known()).toBe(10)
  const large = await begun(1000)
  end.open("done")
  await clock.settle()
  expect(log.after(large, -1)?.at(-1)).toMatchObject({ type: "outcome" })
  expect(known()).toBe(0)
  const next = await begun(0)
  expect([large, next].map((task) => log.after(task, -1) !== undefined)).toEqual([false, true])
})

test("there are no events of a task that is forgotten already", async () => {
  const { log, begun } = logOfOne()
  const first = await begun(0)
  await begun(0)
  expect(await all(eventStream(log, first, -1, nobodyLeaves))).toEqual([])
})

test("of those with little to tell no more are known than it takes", async () => {
  const { begun, supervisor } = logOfOne()
  const log = new FactLog(supervisor, "work", { tasks: 3, characters: 10_000 })
  const small: string[] = []
  for (let n = 0; n < 5; n++) small.push(await begun(0))
  await turn()
  expect(small.map((task) => log.after(task, -1) !== undefined)).toEqual([false, false, true, true, true])
})

test("whoever follows a task reads its end, also when another one ends in the same turn", async () => {
  const { clock, log, begun, end } = logOfOne()
  const stream = all(eventStream(log, await begun(1), -1, nobodyLeaves))
  await begun(1)
  await turn()
  end.open("done")
  await clock.settle()
  expect(await stream).toContainEqual(expect.stringContaining("event: outcome"))
})
