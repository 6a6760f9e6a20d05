import type { Outcome } from "../../machines/task/outcome.ts"
import type { TaskFact } from "../events/task-fact.ts"
import { describeCancel, describeFailure } from "../failure/errors.ts"
import { show } from "../failure/show.ts"

/** A fact in a line, for people and for snapshots of tests: no ids, no times, nothing that differs from run to run. */
export function factText(fact: TaskFact): string {
  switch (fact.type) {
    case "submitted":
      return `submitted, ${fact.phase} for ${fact.executor}${isOwnKey(fact) ? `, key ${show(fact.key)}` : ""}`
    case "state": {
      const failure = fact.failure === undefined ? "" : `: ${describeFailure(fact.failure)}`
      return fact.status === "running" ? `${fact.phase}, attempt ${fact.attempt}` : `${fact.phase}${failure}`
    }
    case "report":
      return `${Math.round(fact.progress * 100)} %${fact.message === undefined ? "" : ` ${fact.message}`}`
    case "event":
      return `event ${fact.event} ${show(fact.data)}`
    case "log":
      return `${fact.level}: ${fact.data.map((part) => (typeof part === "string" ? part : show(part))).join(" ")}`
    case "outcome":
      return outcomeText(fact.outcome)
  }
}

function outcomeText(outcome: Outcome<unknown>): string {
  switch (outcome.status) {
    case "completed":
      return outcome.output === undefined ? "completed" : `completed with ${show(outcome.output)}`
    case "failed":
      return `failed: ${describeFailure(outcome.failure)}`
    case "cancelled":
      return `cancelled: ${describeCancel(outcome.reason)}`
  }
}

/** Where a task has no key of its own, its id is its key. */
function isOwnKey({ key, task }: Extract<TaskFact, { type: "submitted" }>): boolean {
  return key !== task
}
