import { processExecutor, transfer } from "tasktor"
import { describe, expect, it } from "vitest"
import { describeExecutor, openSupervisor } from "../../conformance/executor.ts"
import { describeWorkerExecutor } from "../../conformance/worker-executor.ts"
import * as bodies from "../../fixtures/conformance/bodies.ts"
import { leftOf } from "../../support/os.ts"

describe("the process executor", () => {
  describeExecutor("process", processExecutor)
  describeWorkerExecutor("process", processExecutor)

  it("copies what is to be transferred: there is no shared memory", async () => {
    const supervisor = openSupervisor(processExecutor(), "process", 1)
    const bytes = new Uint8Array(1000)
    const filled = await supervisor.run(bodies.fills(transfer(bytes))).result()
    expect(bytes.byteLength).toBe(1000)
    expect(filled).toEqual(new Uint8Array(1000).fill(7))
  })

  it("carries what is larger than a pipe, both ways, beside other tasks", async () => {
    const supervisor = openSupervisor(processExecutor(), "process", 2)
    const bytes = new Uint8Array(3_000_000).map((_, index) => index)
    const all = [bodies.echo(bytes), bodies.echo("small"), bodies.echo(bytes), bodies.echo("small")]
    const results = await Promise.all(all.map((call) => supervisor.run(call).result()))
    expect(results).toEqual([bytes, "small", bytes, "small"])
  })

  it("tells of a body that killed its own process by the signal", async () => {
    const supervisor = openSupervisor(processExecutor(), "process", 1)
    const outcome = await supervisor.run(bodies.ends("kill")).outcome()
    expect(outcome).toMatchObject({ failure: { type: "crash", signal: "SIGKILL" } })
    expect(await supervisor.run(bodies.echo("next")).result()).toBe("next")
  })

  it("kills what the body has started along with it", async () => {
    const supervisor = openSupervisor(processExecutor(), "process", 1)
    const handle = supervisor.run(bodies.deafWithChild(), { grace: 0 })
    const pid = await new Promise<number>((resolve) => handle.on("pid", resolve))
    expect(await handle.cancel()).toBe("terminated")
    expect(await leftOf([`/proc/${pid}`])).toEqual([])
  })
})
