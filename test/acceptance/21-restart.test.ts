/** Scenario 21: a program is killed; the next one goes on with its tasks. */
import { spawn } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { createSupervisor, TaskNotFoundError } from "tasktor"
import { sqliteStore } from "tasktor/sqlite"
import { simulatedClock } from "tasktor/testing"
import { expect, it, onTestFinished } from "vitest"

const program = fileURLToPath(new URL("../fixtures/store/restart-program.ts", import.meta.url))

it("21. queued and delayed tasks run exactly once, the running one again, the cancelled one never", async () => {
  const folder = mkdtempSync(join(tmpdir(), "tasktor-restart-"))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const [path, file] = [join(folder, "tasks.db"), join(folder, "marks.txt")]
  const child = spawn(process.execPath, [program, path, file], { stdio: ["ignore", "pipe", "inherit"] })
  onTestFinished(() => void child.kill("SIGKILL"))
  const line = await new Promise<string>((resolve) => createInterface(child.stdout).once("line", resolve))
  const ids = JSON.parse(line) as Record<string, string>
  const gone = new Promise((resolve) => child.once("close", resolve))
  child.kill("SIGKILL")
  await gone
  const marks = (): readonly string[] => readFileSync(file, "utf8").trim().split("\n")
  expect(marks()).toEqual(["settled 1", "running 1"])

  await import("../fixtures/store/restart-tasks.ts")
  const clock = simulatedClock(Date.now())
  const supervisor = createSupervisor({ store: sqliteStore(path), clock, concurrency: { coroutine: 1 } })
  onTestFinished(() => supervisor.shutdown())
  const statusOf = (name: string): string => supervisor.get(ids[name] ?? "").snapshot.status
  expect(statusOf("settled")).toBe("completed")
  expect(await supervisor.get(ids["settled"] ?? "").result()).toBe("settled done")
  expect(() => supervisor.get("nobody")).toThrow(TaskNotFoundError)
  await clock.advance("59 minutes")
  expect(statusOf("delayed")).toBe("pending")
  await clock.advance("1 minute")
  expect(marks().toSorted()).toEqual(["a 1", "b 1", "c 1", "delayed 1", "running 1", "running 2", "settled 1"])
  expect(marks().filter((mark) => /^[abc] /.test(mark))).toEqual(["a 1", "b 1", "c 1"])
  for (const name of ["a", "b", "c", "delayed", "running"]) expect([name, statusOf(name)]).toEqual([name, "completed"])
  expect(supervisor.get(ids["running"] ?? "").snapshot).toMatchObject({ attempt: 2, failures: [{ type: "lost" }] })
  expect(supervisor.get(ids["cancelled"] ?? "").snapshot.outcome).toEqual({
    status: "cancelled",
    reason: { type: "requested", message: "no longer needed" },
  })
})
