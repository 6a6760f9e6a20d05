import { execFileSync } from "node:child_process"
import { randomBytes, randomUUID } from "node:crypto"
import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { createSupervisor } from "tasktor"
import { expect, onTestFinished, test } from "vitest"
import { digest } from "../../examples/electron-style/digest.ts"
import { MainLoop } from "../../examples/electron-style/main-loop.ts"
import { Window } from "../../examples/electron-style/window.ts"
import { Program } from "../adapters/cli/cli.ts"
import { processesWith } from "../support/os.ts"

const mainPath = fileURLToPath(new URL("../../examples/electron-style/main.ts", import.meta.url))

function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "tasktor-windows-"))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

function open(mark: string, ...paths: readonly string[]): Program {
  const program = new Program(process.execPath, [mainPath, ...paths], { env: { WINDOWS_TEST: mark } })
  onTestFinished(() => void program.child.kill("SIGKILL"))
  return program
}

/** Sparse: they take no room, and a long time. */
function endlessFiles(): readonly string[] {
  const folder = tempFolder()
  return ["one", "two"].map((name) => {
    const path = join(folder, name)
    writeFileSync(path, "")
    truncateSync(path, 100e9)
    return path
  })
}

test("each window shows its file's hash, and no callback comes outside the main loop", async () => {
  const folder = tempFolder()
  const paths = ["a.bin", "b.bin", "empty"].map((name) => join(folder, name))
  for (const [at, path] of paths.entries()) writeFileSync(path, randomBytes(at === 2 ? 0 : 3_000_000 + at))
  const mark = randomUUID()
  const { stdout, stderr, code } = await open(mark, ...paths, join(folder, "missing")).ended
  for (const path of paths) {
    const [sha256] = execFileSync("sha256sum", [path]).toString().split(" ")
    expect(stdout).toContain(`[${path.slice(folder.length + 1)}] ${sha256} ${statSync(path).size} bytes\n`)
  }
  expect(stdout).toMatch(/^\[missing\] failed: Error: ENOENT: /m)
  // A thread's progress is read from shared memory: it may be seen before a message that was said earlier.
  expect(stdout).toMatch(/^\[a\.bin\] 100 %( of 3000000 bytes)?$/m)
  expect(stdout.match(/^badge: \d$/gm)?.at(-1)).toBe("badge: 0")
  expect(stdout.match(/^window \d is closed$/gm)?.toSorted()).toEqual(
    [1, 2, 3, 4].map((id) => `window ${id} is closed`),
  )
  // Windows refuse whoever comes outside the main loop, and the supervisor reports each throw of a callback here.
  expect({ stderr, code }).toEqual({ stderr: "", code: 0 })
  expect(processesWith(mark)).toEqual([])
})

test("windows would tell: without dispatch, callbacks come outside the main loop", async () => {
  const warnings: unknown[] = []
  const loop = new MainLoop()
  for (const options of [{}, { dispatch: loop.invoke }]) {
    await using supervisor = createSupervisor({ ...options, warn: (_message, cause) => warnings.push(cause) })
    const file = join(tempFolder(), "file")
    writeFileSync(file, "x")
    await new Promise<void>((resolve) => {
      const whenDone = (): void => {
        resolve()
        loop.check("send to a window")
      }
      supervisor.run(digest(file), { executor: "coroutine", whenDone })
    })
  }
  expect(warnings).toEqual([new Error("Cannot send to a window outside the main loop")])
})

test("closing a window cancels its work alone; quitting cancels the rest", async () => {
  const mark = randomUUID()
  const program = open(mark, ...endlessFiles())
  await program.printed("[one] 0 %")
  await program.printed("[two] 0 %")
  program.child.stdin?.write("close 1\n")
  await program.printed("the work of window 1: cancelled")
  await program.printed("badge: 1")
  program.child.stdin?.write("quit\n")
  const { stdout, stderr, code } = await program.ended
  expect(stdout).not.toContain("[one] cancelled")
  expect(stdout).toContain("[two] cancelled: the supervisor shuts down\n")
  expect(stdout.indexOf("window 2 is closed")).toBeGreaterThan(stdout.indexOf("the work of window 1: cancelled"))
  expect({ stderr, code }).toEqual({ stderr: "", code: 0 })
  expect(processesWith(mark)).toEqual([])
})

test("a window whose renderer dies is a closed one", async () => {
  const mark = randomUUID()
  const program = open(mark, ...endlessFiles())
  await program.printed("[one] 0 %")
  await program.printed("[two] 0 %")
  for (const pid of processesWith(mark)) {
    const commandLine = readFileSync(`/proc/${pid}/cmdline`, "utf8")
    if (commandLine.includes("renderer.ts") && commandLine.includes("two")) process.kill(Number(pid), "SIGKILL")
  }
  await program.printed("the work of window 2: cancelled")
  program.child.kill("SIGTERM")
  const { stderr, code } = await program.ended
  expect({ stderr, code }).toEqual({ stderr: "", code: 0 })
  expect(processesWith(mark)).toEqual([])
})

test("what is sent to a window whose renderer has just died is lost, and no more than that", async () => {
  const mark = randomUUID()
  process.env["WINDOWS_TEST"] = mark
  onTestFinished(() => void delete process.env["WINDOWS_TEST"])
  const loop = new MainLoop()
  await new Promise<unknown>((closed) => {
    loop.invoke(() => {
      const window = new Window(loop, 1, "one", closed)
      const [pid = ""] = processesWith(mark)
      process.kill(Number(pid), "SIGKILL")
      // In the same turn, so that nobody has heard of it yet.
      while (!readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ")) continue
      window.send({ channel: "done", text: "too late" })
    })
  })
  expect(processesWith(mark)).toEqual([])
})
