import { existsSync } from "node:fs"
import { describeFailure, type Supervisor, TaskFailedError, type TaskFailure, type TaskSnapshot } from "tasktor"
import { reportName } from "./period.ts"
import { reportPath } from "./reports-folder.ts"

/**
 * The reports that failed, have no attempt left, did not come out since and are not tried again now. Whether one came out is said by its file:
 * the store forgets what has completed long before what has failed.
 */
export async function deadLetters(supervisor: Supervisor): Promise<readonly TaskSnapshot[]> {
  const letters = new Map<string, TaskSnapshot>()
  let cursor: string | undefined
  do {
    const { tasks, next } = await supervisor.history.deadLetters({ parent: null, sort: "oldest", limit: 1000, cursor })
    // One that failed again takes the place of what it was submitted for.
    for (const letter of tasks) letters.set(titleOf(letter), letter)
    cursor = next
  } while (cursor !== undefined)
  const isTriedAgain = ({ id }: TaskSnapshot): boolean => supervisor.find(againKey(id)) !== undefined
  return [...letters.values()].filter((letter) => !hasComeOut(letter) && !isTriedAgain(letter))
}

function hasComeOut({ name, tags: [of = name], origin }: TaskSnapshot): boolean {
  return origin?.slot !== undefined && existsSync(reportPath(reportName({ name: of, seconds: 0 }, origin.slot)))
}

/** Gives it another chance, for the same slot; what had failed finally is left as it was. Twice is once. */
export async function submitAgain({ history }: Supervisor, { id }: TaskSnapshot): Promise<void> {
  const task = await history.resubmit(id, { key: againKey(id), onConflict: "join" })
  await task.persisted()
}

/** A key of its own, by which the second time finds the first; that of its schedule is for what is due now. */
function againKey(id: string): readonly [string, string] {
  return ["again", id]
}

/** One line for the operator. */
export function letterLine(letter: TaskSnapshot): string {
  const { id, outcome } = letter
  return `${id}, ${titleOf(letter)}: ${outcome?.status === "failed" ? describeFailure(firstCause(outcome.failure)) : ""}`
}

/** Which report a task makes, in words: "nightly of 2026-11-30T01:30:00.000Z". */
export function titleOf({ name, tags: [of = name], origin }: TaskSnapshot): string {
  return origin?.slot === undefined ? of : `${of} of ${new Date(origin.slot).toISOString()}`
}

/** A pipeline fails because one of its steps has. */
export function firstCause(failure: TaskFailure): TaskFailure {
  const isSteps = failure.type === "error" && failure.error instanceof TaskFailedError
  return isSteps ? firstCause(failure.error.failure) : failure
}
