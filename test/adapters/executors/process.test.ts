import { readFileSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createSupervisor, processExecutor, transfer } from "tasktor"
import { simulatedClock } from "tasktor/testing"
import { describe, expect, it, onTestFinished } from "vitest"
import { begun, describeExecutor, openSupervisor, range } from "../../conformance/executor.ts"
import { describeWorkerExecutor } from "../../conformance/worker-executor.ts"
import * as bodies from "../../fixtures/conformance/bodies.ts"
import { leftOf } from "../../support/os.ts"

/** So deep that a process can write it, and another one cannot read it. */
const deepest = 2500

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

  it("runs no body twice when the output before it cannot be read", async () => {
    const supervisor = openSupervisor(processExecutor(), "process", 1)
    const file = join(tmpdir(), `tasktor-${crypto.randomUUID()}`)
    await Promise.all(range(100).map(() => supervisor.run(bodies.returnsChain(1)).result()))
    await Promise.all(range(100).map(() => supervisor.run(bodies.marks(file, "before", false)).result()))
    writeFileSync(file, "")
    // The first one keeps the process until the others have come, in one turn.
    const calls = [bodies.computes(1), bodies.returnsChain(deepest), bodies.marks(file, "ran", false, 200)]
    const [, deep] = await Promise.all(calls.map((call) => supervisor.run(call).outcome()))
    expect(deep).toMatchObject({ failure: { type: "serialization", side: "output" } })
    expect(["", "ran\n"]).toContain(readFileSync(file, "utf8"))
  })

  it("fails one body for whatever it has sent that cannot be read, and not what is to begin next", async () => {
    const supervisor = openSupervisor(processExecutor(), "process", 1)
    await Promise.all(range(100).map(() => supervisor.run(bodies.sendsChains(1)).result()))
    const sends = supervisor.run(bodies.sendsChains(deepest), { timeout: { hard: "10 seconds" } })
    const behind = range(5).map((n) => supervisor.run(bodies.echo(n)))
    expect(await sends.outcome()).toMatchObject({ failure: { type: "serialization", side: "output" } })
    expect(await Promise.all(behind.map((handle) => handle.result()))).toEqual(range(5))
  })

  it("lets a body that waits go on when what is sent behind it cannot be read", async () => {
    // Time stands still: what is prefetched is not taken back.
    const options = { clock: simulatedClock(), defaults: { executor: "process" }, concurrency: { process: 1 } }
    const unread = Promise.withResolvers<string>()
    const supervisor = createSupervisor({ ...options, warn: unread.resolve })
    onTestFinished(() => supervisor.shutdown({ grace: 0 }))
    await Promise.all(range(100).map((n) => supervisor.run(bodies.takes(n)).result()))
    const waits = supervisor.run(bodies.takes("nothing", true))
    await begun(waits)
    const deep = supervisor.run(bodies.takes(bodies.chainOf(deepest)))
    expect(await unread.promise).toContain("cannot read what it was sent")
    expect(waits.snapshot.status).toBe("running")
    expect(await waits.cancel()).toBe("cancelled")
    // Alone in another worker it is known to be at fault.
    expect(await deep.outcome()).toMatchObject({ failure: { type: "serialization", side: "input" } })
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
