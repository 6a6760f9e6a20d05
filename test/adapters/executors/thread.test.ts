import { threadExecutor, transfer } from "tasktor"
import { describe, expect, it } from "vitest"
import { describeExecutor, openSupervisor } from "../../conformance/executor.ts"
import { describeWorkerExecutor } from "../../conformance/worker-executor.ts"
import * as bodies from "../../fixtures/conformance/bodies.ts"

describe("the thread executor", () => {
  describeExecutor("thread", threadExecutor)
  describeWorkerExecutor("thread", threadExecutor)

  it("moves what is to be transferred, there and back", async () => {
    const supervisor = openSupervisor(threadExecutor(), "thread", 1)
    const bytes = new Uint8Array(1000)
    const filled = await supervisor.run(bodies.fills(transfer(bytes))).result()
    expect(bytes.byteLength).toBe(0)
    expect(filled).toEqual(new Uint8Array(1000).fill(7))
    expect(filled.buffer.byteLength).toBe(1000)
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
