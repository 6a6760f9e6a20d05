import { defineTask, type TaskFact } from "tasktor"
import { recordFacts } from "tasktor/testing"
import { describe, expect, it } from "vitest"
import { setup } from "../../support/setup.ts"
import { untilAborted } from "../../support/wait.ts"

const carve = defineTask({
  name: "carve",
  retry: { maxAttempts: 2, delay: "1 second", jitter: "none" },
  run: (ctx, size: number) => {
    if (ctx.attempt === 1) throw new Error("blunt")
    ctx.setProgress(0.5)
    ctx.setMessage("half")
    ctx.flush()
    ctx.log.info("sharp", { size })
    return { legs: 4 }
  },
})
const waits = defineTask({ name: "waits", run: (ctx) => untilAborted(ctx) })
const fails = defineTask({ name: "fails", run: () => Promise.reject(new RangeError("too far")) })

describe("recorded facts", () => {
  it("read like a story that is the same in every run", async () => {
    const { supervisor, clock } = setup()
    using recording = recordFacts(supervisor)
    supervisor.run(carve(7), { key: ["stool", 7] })
    supervisor.run(carve(8).with({ delay: "1 hour" }))
    const waiting = supervisor.run(waits())
    supervisor.run(fails())
    await clock.advance("1 second")
    void waiting.cancel("enough")
    void supervisor.cancel({ status: "pending" })
    await clock.settle()
    expect(recording.text()).toBe(
      [
        'carve submitted, queued for coroutine, key ["stool",7]',
        "carve 2 submitted, delayed for coroutine",
        "waits submitted, queued for coroutine",
        "fails submitted, queued for coroutine",
        "carve executing, attempt 1",
        "carve backoff: Error: blunt",
        "waits executing, attempt 1",
        "fails executing, attempt 1",
        "fails failed: RangeError: too far",
        "carve queued",
        "carve executing, attempt 2",
        "carve 50 %",
        "carve 50 % half",
        'carve info: sharp {"size":7}',
        'carve completed with {"legs":4}',
        "waits cancelling, attempt 1",
        "carve 2 cancelled: requested",
        "waits cancelled: enough",
      ].join("\n"),
    )
  })

  it("are found by task, name, type, or whatever else", async () => {
    const { supervisor, clock } = setup()
    const recording = recordFacts(supervisor)
    const [first, second] = [1, 2].map(() => supervisor.run(fails()))
    await clock.settle()
    expect(recording.where({ name: "fails" })).toEqual(recording.facts)
    expect(recording.where({ task: second?.id ?? "", type: "outcome" })).toMatchObject([
      { task: second?.id, sequence: 2 },
    ])
    expect(recording.where(({ sequence }) => sequence === 0).map(({ task }) => task)).toEqual([first?.id, second?.id])
    expect(recording.text({ type: "outcome" })).toBe(
      "fails failed: RangeError: too far\nfails 2 failed: RangeError: too far",
    )
  })

  it("can be waited for, from the first one on", async () => {
    const { supervisor, clock } = setup()
    const recording = recordFacts(supervisor)
    const coming = recording.first({ type: "outcome" })
    const task = supervisor.run(fails())
    await clock.settle()
    expect(await coming).toMatchObject({ task: task.id, type: "outcome" })
    expect(await recording.first({ type: "submitted" })).toMatchObject({ task: task.id })
    const never = recording.first({ name: "nobody" })
    recording.stop()
    await expect(never).rejects.toThrow(
      "Cannot wait for a fact any longer: the recording was stopped after 3 facts, and none was it",
    )
  })

  it("are a stream, for several who read it, which ends when the recording is stopped", async () => {
    const { supervisor, clock } = setup()
    const recording = recordFacts(supervisor)
    const read = async (): Promise<readonly TaskFact[]> => {
      const facts: TaskFact[] = []
      for await (const fact of recording) facts.push(fact)
      return facts
    }
    const early = read()
    supervisor.addCoroutine(() => undefined, [], { key: "k" })
    await clock.settle()
    const late = read()
    recording.stop()
    supervisor.addCoroutine(() => undefined, [])
    await clock.settle()
    expect((await early).map(({ type }) => type)).toEqual(["submitted", "state", "outcome"])
    expect(await late).toEqual(recording.facts)
    expect(recording.facts).toHaveLength(3)
    expect(recording.text({ type: "outcome" })).toBe("coroutine completed")
  })

  it("tell of the body's own events", async () => {
    const { supervisor, clock } = setup()
    const recording = recordFacts(supervisor)
    supervisor.addCoroutine((ctx) => ctx.sendEvent("chip", { size: 1 }), [])
    await clock.settle()
    expect(recording.text({ type: "event" })).toBe('coroutine event chip {"size":1}')
  })
})
