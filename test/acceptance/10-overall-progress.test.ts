import type { TaskContext } from "tasktor"
import { expect, it } from "vitest"
import { setup } from "../support/setup.ts"
import { gate, type Gate } from "../support/wait.ts"

/** Four steps, each when the test opens its gate. */
async function fourSteps(ctx: TaskContext, gates: readonly Gate[]): Promise<void> {
  ctx.setTotal(4)
  for (const [step, { opened }] of gates.entries()) {
    await opened
    ctx.setProgress(step + 1)
  }
}

const gates = (): Gate[] => Array.from({ length: 4 }, () => gate())

it("10. two tasks of four steps: overall 0, .125, .375, 1", async () => {
  const { supervisor, clock } = setup()
  const [a, b] = [gates(), gates()]
  const overall: number[] = []
  const note = async (): Promise<void> => {
    await clock.advance("1 second")
    overall.push(supervisor.getSnapshot().progress)
  }
  supervisor.addCoroutine(fourSteps, [a])
  supervisor.addCoroutine(fourSteps, [b])
  await note()
  a[0]!.open()
  await note()
  b[0]!.open()
  b[1]!.open()
  await note()
  for (const { open } of [...a, ...b]) open()
  await note()
  expect(overall).toEqual([0, 0.125, 0.375, 1])
})

it("10. a hidden task changes neither the list nor the progress", async () => {
  const { supervisor, clock } = setup()
  const [shown, hidden] = [gates(), gates()]
  const task = supervisor.addCoroutine(fourSteps, [shown])
  shown[0]!.open()
  await clock.advance("1 second")
  const secret = supervisor.addCoroutine(fourSteps, [hidden], { visible: false })
  hidden[0]!.open()
  hidden[1]!.open()
  await clock.advance("1 second")
  expect(secret.snapshot).toMatchObject({ status: "running", progress: 0.5 })
  expect(supervisor.getSnapshot()).toMatchObject({ tasks: [{ id: task.id }], progress: 0.25 })
  for (const { open } of hidden) open()
  await clock.advance("1 second")
  expect(secret.snapshot.status).toBe("completed")
  expect(supervisor.getSnapshot()).toMatchObject({ tasks: [{ id: task.id }], progress: 0.25, counts: { completed: 0 } })
})
