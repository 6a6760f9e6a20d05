import { createSupervisor, threadExecutor, transfer } from "tasktor"
import { simulatedClock } from "tasktor/testing"
import { describe, expect, it, onTestFinished } from "vitest"
import { describeExecutor, openSupervisor, range } from "../../conformance/executor.ts"
import { describeWorkerExecutor } from "../../conformance/worker-executor.ts"
import * as bodies from "../../fixtures/conformance/bodies.ts"
import * as broken from "../../fixtures/conformance/broken-modules.ts"
import * as families from "../../fixtures/conformance/families.ts"

describe("the thread executor", () => {
  describeExecutor("thread", threadExecutor)
  describeWorkerExecutor("thread", threadExecutor)

  it("lets the children of a body that keeps its thread begin when it flushes", async () => {
    const clock = simulatedClock()
    const supervisor = createSupervisor({ clock, defaults: { executor: "thread" }, concurrency: { thread: 2 } })
    onTestFinished(() => supervisor.shutdown({ grace: 0 }))
    const flag = new Int32Array(new SharedArrayBuffer(4))
    expect(await supervisor.run(families.keepsItsThread(flag)).result()).not.toBe("timed-out")
  })

  it("fails its tasks with the platform's reason when no thread can be made", async () => {
    const execArgv = ["--max-old-space-size=50"]
    const restarts = { limit: 1, within: "1 minute" } as const
    const supervisor = openSupervisor(threadExecutor({ execArgv, restarts }), "thread", 1)
    const failure = { type: "setup", error: { message: expect.stringContaining("--max-old-space-size=50") } }
    expect(await supervisor.run(bodies.echo("first")).outcome()).toMatchObject({ failure })
    expect(await supervisor.run(bodies.echo("late")).outcome()).toMatchObject({ failure })
  })

  it("moves what is to be transferred, there and back", async () => {
    const supervisor = openSupervisor(threadExecutor(), "thread", 1)
    const bytes = new Uint8Array(1000)
    const filled = await supervisor.run(bodies.fills(transfer(bytes))).result()
    expect(bytes.byteLength).toBe(0)
    expect(filled).toEqual(new Uint8Array(1000).fill(7))
    expect(filled.buffer.byteLength).toBe(1000)
  })

  it("moves nothing into a thread that is about to end", async () => {
    const supervisor = openSupervisor(threadExecutor(), "thread", 1)
    const bytes = new Uint8Array(1000)
    // So that the second one is in the executor's hands when the first one has failed.
    await Promise.all(range(200).map((n) => supervisor.run(bodies.takes(n)).result()))
    const ends = supervisor.run(broken.strayAtImport())
    const moves = supervisor.run(bodies.fills(transfer(bytes)))
    expect(await ends.outcome()).toMatchObject({ failure: { type: "setup" } })
    expect(await moves.result()).toEqual(new Uint8Array(1000).fill(7))
  })

  it("does not move what fails to be sent with it", async () => {
    const supervisor = openSupervisor(threadExecutor(), "thread", 1)
    const bytes = new Uint8Array(10)
    const handle = supervisor.run(bodies.echo({ bytes: transfer(bytes), fn: () => {} }))
    const failure = { type: "serialization", side: "input", path: "args[0].fn" }
    expect(await handle.outcome()).toMatchObject({ failure })
    expect(bytes.byteLength).toBe(10)
  })
})
