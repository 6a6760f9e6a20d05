import type { TaskContext } from "tasktor"
import { describe, expect, it } from "vitest"
import { add } from "../fixtures/bodies.ts"
import { waits } from "../fixtures/stopping.ts"
import { executors, setup, setupFor } from "../support/setup.ts"
import { gate, nextEvent, untilAborted } from "../support/wait.ts"

const key = (): readonly [string, number] => ["m", 1]

it.each(executors)("3. a task replaces the living one of its key: %s", async (executor) => {
  const { supervisor, wait } = setupFor(executor)
  const done: string[] = []
  const a = supervisor.run(waits(), {
    executor,
    key: key(),
    whenDone: ({ snapshot }) => done.push(`a ${snapshot.status}`),
  })
  await wait(nextEvent(a, "here"))
  const b = supervisor.run(add(2, 2), {
    executor,
    key: key(),
    whenDone: ({ snapshot }) => done.push(`b ${snapshot.status}`),
  })
  expect(supervisor.find(key())?.id).toBe(b.id)
  expect(await wait(b.result())).toBe(4)
  await wait(supervisor.settled())
  expect(a.snapshot.outcome).toEqual({ status: "cancelled", reason: { type: "replaced", by: b.id } })
  expect(done).toEqual(["a cancelled", "b completed"])
  expect(supervisor.find(key())).toBeUndefined()
})

describe("3. the living one of a key", () => {
  /** A holds the key for as long as the test wants. */
  async function held() {
    const { supervisor, clock } = setup()
    const ends = gate<string>()
    const ready = gate<TaskContext>()
    const a = supervisor.addCoroutine(
      (ctx) => {
        ready.open(ctx)
        return Promise.race([ends.opened, untilAborted(ctx)])
      },
      [],
      { key: key() },
    )
    await clock.settle()
    return { supervisor, clock, ends, a, ctx: await ready.opened }
  }

  it("changes no more once it is replaced: what it says late has no effect", async () => {
    const { supervisor, clock, a, ctx } = await held()
    const b = supervisor.addCoroutine(untilAborted, [], { key: key() })
    await clock.settle()
    const last = a.snapshot
    ctx.setProgress(0.9)
    ctx.setMessage("late")
    await clock.advance("1 second")
    expect(a.snapshot).toBe(last)
    expect(b.snapshot).toMatchObject({ status: "running", progress: 0, message: undefined })
  })

  it("stays with `reject`, and the new one never runs", async () => {
    const { supervisor, clock, ends, a } = await held()
    const b = supervisor.addCoroutine(() => "b", [], { key: key(), onConflict: "reject" })
    await clock.settle()
    expect(b.snapshot.outcome).toMatchObject({ status: "cancelled", reason: { type: "skipped" } })
    ends.open("a")
    await clock.settle()
    expect(await a.result()).toBe("a")
  })

  it("is what `join` gives", async () => {
    const { supervisor, clock, ends, a } = await held()
    const b = supervisor.addCoroutine(() => "b", [], { key: key(), onConflict: "join" })
    ends.open("a")
    await clock.settle()
    expect([b.id, await b.result()]).toEqual([a.id, "a"])
  })

  it("is waited for with `queue`", async () => {
    const { supervisor, clock, ends, a } = await held()
    const b = supervisor.addCoroutine(() => "b", [], { key: key(), onConflict: "queue" })
    await clock.advance("1 hour")
    expect([a.snapshot.status, b.snapshot.status]).toEqual(["running", "pending"])
    ends.open("a")
    await clock.settle()
    expect([await a.result(), await b.result()]).toEqual(["a", "b"])
  })
})
