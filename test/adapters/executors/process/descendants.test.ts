import { spawn } from "node:child_process"
import { once } from "node:events"
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { expect, it, onTestFinished, vi } from "vitest"
import { leavesGroup } from "../../../fixtures/stopping.ts"
import { leftOf } from "../../../support/os.ts"
import { setupReal } from "../../../support/setup.ts"
import { nextEvent } from "../../../support/wait.ts"

/** A shell, and what it has started, as soon as it has. */
function family(shell: number | undefined): Promise<readonly string[]> {
  return vi.waitFor(() => {
    const [child] = readFileSync(`/proc/${shell}/task/${shell}/children`, "utf8").match(/\d+/) ?? []
    if (child === undefined) throw new Error("The shell has started nothing yet")
    return [`/proc/${shell}`, `/proc/${child}`]
  }, 30_000)
}

it("what a body has started goes with it when it is ended by force, in its process group or not", async () => {
  const { supervisor } = setupReal()
  const task = supervisor.run(leavesGroup(true), { executor: "process", grace: 0 })
  const { grandchild } = await nextEvent(task, "here")
  const places = await family(grandchild)
  expect(await task.cancel()).toBe("terminated")
  expect(await leftOf(places)).toEqual([])
})

it.each(["busy", "free"])("and when the program is killed, while its thread is %s", async (how) => {
  const program = fileURLToPath(new URL("../../../fixtures/group-leaver-program.ts", import.meta.url))
  const parent = spawn(process.execPath, [program, how], { stdio: ["ignore", "pipe", "ignore"] })
  onTestFinished(() => void parent.kill("SIGKILL"))
  const [line] = (await once(parent.stdout, "data")) as [Buffer]
  const [pid, grandchild] = line.toString().split(" ").map(Number)
  const places = [`/proc/${pid}`, ...(await family(grandchild))]
  parent.kill("SIGKILL")
  expect(await leftOf(places)).toEqual([])
})
