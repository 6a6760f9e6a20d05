import { describeFailure, type Supervisor, TaskFailedError, type TaskFailure, type TaskSnapshot } from "tasktor"

/** A report that failed, has no attempt left and was not submitted again. */
export async function deadLetters({ history }: Supervisor): Promise<readonly TaskSnapshot[]> {
  const { tasks } = await history.deadLetters({ parent: null, sort: "oldest" })
  const isNew = await Promise.all(
    tasks.map(async ({ id }) => (await history.list({ key: againKey(id), limit: 1 })).tasks.length === 0),
  )
  return tasks.filter((_, at) => isNew[at])
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
