import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, onTestFinished, test } from "vitest"
import { WebSocket } from "ws"
import { cli, type Program, startCli } from "./cli.ts"

/** The address that it prints, and nothing else before it. */
async function addressOf(program: Program): Promise<URL> {
  return new URL(await program.printed(/^(http:.+)\n/))
}

/** Reads the frames of a page's server until one of them has that text. */
async function frameWith(text: string, page: URL): Promise<void> {
  const url = new URL(page)
  url.protocol = "ws:"
  const socket = new WebSocket(url)
  onTestFinished(() => socket.terminate())
  await new Promise<void>((resolve) => {
    socket.on("message", (data: Buffer) => data.toString().includes(text) && resolve())
  })
}

function start(...args: string[]): Program {
  const program = startCli("inspect", ...args)
  onTestFinished(() => void program.child.kill("SIGKILL"))
  return program
}

describe("tasktor inspect", () => {
  test("runs a task, serves the page, and keeps it when the task has ended, until Ctrl-C", async () => {
    const program = start("jobs.ts", "add", "2", "3", "--tasks", "all")
    const url = await addressOf(program)
    expect(url.hostname).toBe("127.0.0.1")
    await program.printed("It has ended")
    expect((await fetch(url)).status).toBe(200)
    await frameWith('"name":"add"', url)
    program.child.kill("SIGINT")
    const { stdout, stderr, code } = await program.ended
    expect(stdout).toBe(`${url.href}\n5\n`)
    expect(stderr).toMatch(/^add: running\nadd: completed in .+\nIt has ended; the page stays until Ctrl-C\n$/)
    expect(code).toBe(0)
  })

  test("Ctrl-C while it runs cancels it, the next one ends", async () => {
    const program = start("jobs.ts", "forever")
    await program.printed("ready")
    program.child.kill("SIGINT")
    await program.printed("It has ended")
    program.child.kill("SIGINT")
    const { stderr, code } = await program.ended
    expect(stderr).toContain("Cancelling; press Ctrl-C again to terminate")
    expect(code).toBe(130)
  })

  test("Ctrl-C twice ends a task that looks at nothing", async () => {
    const program = start("jobs.ts", "stubborn")
    await program.printed("ready")
    program.child.kill("SIGINT")
    await program.printed("Cancelling")
    program.child.kill("SIGINT")
    expect((await program.ended).code).toBe(130)
  })

  test("a failed task has exit code 1", async () => {
    const program = start("jobs.ts", "boom")
    await program.printed("It has ended")
    program.child.kill("SIGTERM")
    expect((await program.ended).code).toBe(1)
  })

  test("attaches to a supervisor that a module exports", async () => {
    const program = start("supervised.ts")
    const url = await addressOf(program)
    await frameWith('"key":"long"', url)
    program.child.kill("SIGINT")
    expect(await program.ended).toMatchObject({ stdout: `${url.href}\n`, stderr: "", code: 0 })
  })

  test("--record writes a recording, which it shows again", async () => {
    const folder = mkdtempSync(join(tmpdir(), "tasktor-"))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const file = join(folder, "run.ndjson")
    const recorded = start("jobs.ts", "report", "x", "--record", file)
    await recorded.printed("It has ended")
    recorded.child.kill("SIGINT")
    await recorded.ended
    const text = readFileSync(file, "utf8")
    expect(text).toContain("hello child")

    const shown = start(file)
    const url = await addressOf(shown)
    expect(await (await fetch(new URL(`recording${url.search}`, url))).text()).toBe(text)
    shown.child.kill("SIGINT")
    expect((await shown.ended).code).toBe(0)
  })

  test.each([
    [["nothing.ndjson"], "Cannot show nothing.ndjson: there is no such file"],
    [["jobs.ts"], "Cannot run jobs.ts: it exports several tasks; name one of"],
    [
      ["jobs.ts", "add", "--tasks", "some"],
      'Cannot read --tasks: it must be all, running or a number, 1 or more, current value is "some"',
    ],
    [
      ["jobs.ts", "add", "--port", "99999"],
      'Cannot serve the inspector: "port" must be a whole number from 0 to 65535, current value is 99999',
    ],
    [["jobs.ts", "add", "--record", "no/such/folder/run.ndjson"], "Cannot serve the inspector: Error: ENOENT"],
  ])("%j is refused in one line", async (args, message) => {
    const { stdout, stderr, code } = await cli("inspect", ...args)
    expect(stderr).toContain(`tasktor: ${message}`)
    expect(stderr.trimEnd().split("\n")).toHaveLength(1)
    expect({ stdout, code }).toEqual({ stdout: "", code: 2 })
  })
})
