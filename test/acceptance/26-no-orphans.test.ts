import { spawn } from "node:child_process"
import { once } from "node:events"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { expect, it } from "vitest"
import { isAlive, leftOf } from "../support/os.ts"

it("26. a parent that is killed in the middle of its work leaves no process behind", async () => {
  const program = fileURLToPath(new URL("../fixtures/parent-program.ts", import.meta.url))
  const parent = spawn(process.execPath, [program], { stdio: ["ignore", "pipe", "inherit"] })
  const exited = once(parent, "exit")
  const pids: number[] = []
  // two threads of the parent, two processes, and a grandchild
  for await (const line of createInterface({ input: parent.stdout })) if (pids.push(Number(line)) === 5) break
  expect(pids.filter((pid) => pid === parent.pid)).toHaveLength(2)
  const others = [...new Set(pids)].filter((pid) => pid !== parent.pid)
  expect(others).toHaveLength(3)
  expect(others.every(isAlive)).toBe(true)
  parent.kill("SIGKILL")
  await exited
  expect(await leftOf([parent.pid, ...others].map((pid) => `/proc/${pid}`))).toEqual([])
})
