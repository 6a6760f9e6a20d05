import { spawn } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import { expect, it, onTestFinished } from "vitest"

it("a program ends though a daemon of a body holds the streams of a child process that was killed when idle", async () => {
  const program = fileURLToPath(new URL("../../../fixtures/daemon-program.ts", import.meta.url))
  const parent = spawn(process.execPath, [program], { stdio: ["ignore", "pipe", "inherit"] })
  onTestFinished(() => void parent.kill("SIGKILL"))
  const ended = once(parent, "exit")
  const [line] = (await once(parent.stdout, "data")) as [Buffer]
  onTestFinished(() => void process.kill(Number(line), "SIGKILL"))
  expect(await ended).toEqual([0, null])
})
