import {
  describeCancel,
  describeFailure,
  TaskFailedError,
  type Outcome,
  type TaskFact,
  type TaskFailure,
  type TaskSnapshot,
} from "tasktor"

/** A task as its client sees it: JSON, without stacks and paths of this machine. */
export function snapshotView({ id, status, phase, progress, message, submittedAt, outcome }: TaskSnapshot): object {
  const submitted = new Date(submittedAt).toISOString()
  return { id, status, phase, progress, message, submitted, ...(outcome === undefined ? {} : outcomeView(outcome)) }
}

/** A fact as the data of a server-sent event. */
export function factView(fact: TaskFact): object {
  switch (fact.type) {
    case "submitted":
      return { phase: fact.phase }
    case "state":
      return { status: fact.status, phase: fact.phase, attempt: fact.attempt }
    case "report":
      return { progress: fact.progress, message: fact.message }
    case "event":
      return { name: fact.event, data: fact.data }
    case "log":
      return { level: fact.level, text: fact.data.map(String).join(" ") }
    case "outcome":
      return outcomeView(fact.outcome)
  }
}

function outcomeView(outcome: Outcome<unknown>): object {
  const { status } = outcome
  switch (status) {
    case "completed":
      return { status, manifest: outcome.output }
    case "failed": {
      const failure = firstCause(outcome.failure)
      return { status, failure: { type: failure.type, message: describeFailure(failure) } }
    }
    case "cancelled":
      return { status, reason: { type: outcome.reason.type, message: describeCancel(outcome.reason) } }
  }
}

/** An intake fails because one of its children has: what that one failed of is what the client wants to know. */
function firstCause(failure: TaskFailure): TaskFailure {
  const isChilds = failure.type === "error" && failure.error instanceof TaskFailedError
  return isChilds ? firstCause(failure.error.failure) : failure
}
