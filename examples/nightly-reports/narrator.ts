import { describeCancel, describeFailure, type Supervisor, type TaskFact, type TaskSnapshot } from "tasktor"
import { firstCause, titleOf } from "./dead-letters.ts"

/** Tells what becomes of reports, and what is tried again, a line each. Returns the unsubscriber. */
export function narrate(supervisor: Supervisor, print: (line: string) => void): () => void {
  return supervisor.onFact((fact) => {
    const snapshot = supervisor.snapshotOf(fact.task)
    const line = snapshot && lineOf(fact, snapshot)
    if (line !== undefined) print(line)
  })
}

function lineOf(fact: TaskFact, snapshot: TaskSnapshot): string | undefined {
  if (fact.type === "state" && fact.phase === "backoff" && fact.failure !== undefined) {
    const seconds = ((fact.nextAttemptAt ?? fact.at) - fact.at) / 1000
    return `  ${snapshot.message ?? snapshot.name}: ${describeFailure(fact.failure)}; again in ${seconds.toFixed(1)} s`
  }
  if (fact.type !== "outcome" || snapshot.parent !== undefined) return undefined
  const { outcome } = fact
  switch (outcome.status) {
    case "completed":
      return `${titleOf(snapshot)}: ${String(outcome.output)}`
    case "failed":
      return `${titleOf(snapshot)} failed: ${describeFailure(firstCause(outcome.failure))}`
    case "cancelled":
      return `${titleOf(snapshot)} cancelled: ${describeCancel(outcome.reason)}`
  }
}
