import { mkdirSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { defineTask, every, memoryStore, type Supervisor } from "tasktor"
import { beforeEach, expect, test, vi } from "vitest"
import { setup, type SimulatedClock } from "../support/setup.ts"
import { temporaryFolder } from "../support/temporary-folder.ts"
import { gate } from "../support/wait.ts"

// The example reads its settings when it is loaded.
const { folder } = temporaryFolder()
vi.stubEnv("FOLDER", folder)
const { deadLetters, submitAgain, titleOf } = await import("../../examples/nightly-reports/dead-letters.ts")
const { reportName } = await import("../../examples/nightly-reports/period.ts")
const { reportPath } = await import("../../examples/nightly-reports/reports-folder.ts")

beforeEach(() => {
  // Simulated time begins anew with each test: so do the names.
  rmSync(join(folder, "reports"), { recursive: true, force: true })
  mkdirSync(join(folder, "reports"))
})

interface Reports {
  readonly supervisor: Supervisor
  readonly clock: SimulatedClock
  answer: () => Promise<void>
}

/** So many reports that have failed for good, in a store that forgets at once what has completed. */
async function failedReports(count: number): Promise<Reports> {
  const store = memoryStore({ retention: { completed: { count: 0 }, failed: { age: "90 days" } } })
  const reports: Reports = { ...setup({ store }), answer: () => Promise.reject(new Error("the source is down")) }
  const report = defineTask({
    name: "report",
    retry: { maxAttempts: 1 },
    run: async (ctx) => {
      await reports.answer()
      const name = reportName({ name: "pulse", seconds: 1 }, ctx.scheduledFor?.getTime() ?? Number.NaN)
      writeFileSync(reportPath(name), "the report")
    },
  })
  reports.supervisor.schedules.add("pulse", every("1 second"), report(), { tags: ["pulse"], limit: count })
  await reports.clock.advance(count * 1000 + 5000)
  return reports
}

test("all of them are found, on however many pages", async () => {
  const { supervisor } = await failedReports(1100)
  const letters = await deadLetters(supervisor)
  expect(new Set(letters.map(({ id }) => id)).size).toBe(1100)
})

test("one that has come out is none any more, although the store has forgotten who brought it", async () => {
  const reports = await failedReports(2)
  const { supervisor, clock } = reports
  const [first, second] = await deadLetters(supervisor)
  if (first === undefined) throw new Error("There are no dead letters")
  reports.answer = () => Promise.resolve()
  await submitAgain(supervisor, first)
  await clock.advance("1 minute")
  expect((await supervisor.history.list({ status: "completed" })).tasks).toEqual([])
  expect(await deadLetters(supervisor)).toEqual([second])
})

test("one that is tried again is none meanwhile; when it has failed again, it is one, and not two", async () => {
  const reports = await failedReports(1)
  const { supervisor, clock } = reports
  const [letter] = await deadLetters(supervisor)
  if (letter === undefined) throw new Error("There are no dead letters")
  const end = gate()
  reports.answer = () => end.opened.then(() => Promise.reject(new Error("it is down again")))
  await submitAgain(supervisor, letter)
  await clock.settle()
  expect(await deadLetters(supervisor)).toEqual([])
  end.open()
  await clock.advance("1 second")
  const again = await deadLetters(supervisor)
  expect(again.map(titleOf)).toEqual([titleOf(letter)])
  expect(again[0]?.origin).toMatchObject({ of: letter.id })
})
