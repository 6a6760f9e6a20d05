import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { sqliteStore } from "../../../adapters/stores/sqlite/sqlite-store.ts"
import { createSupervisor } from "../../../adapters/presets/node.ts"
import { cli } from "./cli.ts"
import { double } from "./fixtures/kept-jobs.ts"
import { hasTerminal, onTerminal } from "./on-terminal.ts"

const folder = mkdtempSync(join(tmpdir(), "tasktor-cli-"))
const file = join(folder, "tasks.db")
afterAll(() => rmSync(folder, { recursive: true }))

/** A store that nobody owns, with two queued tasks. */
beforeAll(async () => {
  const supervisor = createSupervisor({ store: sqliteStore(file), concurrency: { coroutine: 1 }, random: () => 0 })
  await supervisor.run(double(1)).outcome()
  // as long as it runs there is no slot for the others
  supervisor.addCoroutine(async function busy(ctx) {
    await new Promise((resolve) => ctx.signal.addEventListener("abort", resolve))
  }, [])
  supervisor.run(double(2))
  supervisor.run(double(3))
  await supervisor.shutdown()
})

describe.runIf(hasTerminal)("on a terminal", () => {
  test("replay steps through the log, and leaves the terminal as it was", async () => {
    const program = onTerminal(`replay ${file}`)
    const type = (keys: string): boolean | undefined => program.child.stdin?.write(keys)
    await program.printed("before anything has happened")
    type("l")
    await program.printed("the supervisor is open")
    type("\x1b[C")
    await program.printed("double t000000-1  submitted")
    type("/t000000-3\r")
    await program.printed("double t000000-3  submitted")
    type("G")
    await program.printed("the supervisor is stopped")
    type("q")
    const { stdout, code } = await program.ended
    expect(stdout.endsWith("\x1b[?25h\x1b[?1049l")).toBe(true)
    expect(code).toBe(0)
  })

  test("purge says how many, and asks first", async () => {
    const unwilling = onTerminal(`purge name:double --store ${file}`)
    await unwilling.printed("Cancel 2 queued tasks? [y/N] ")
    unwilling.child.stdin?.write("\r")
    expect((await unwilling.ended).stdout).toContain("Nothing is purged")
    expect((await cli("ls", "state:pending", "--store", file, "--json")).stdout.trim().split("\n")).toHaveLength(2)

    const willing = onTerminal(`purge name:double --store ${file}`)
    await willing.printed("[y/N] ")
    willing.child.stdin?.write("y\r")
    expect((await willing.ended).stdout).toContain("Purged 2 queued tasks")
  })
})
