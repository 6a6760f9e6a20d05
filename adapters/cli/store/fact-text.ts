import { format } from "node:util"
import type { TaskFact } from "../../../runtime/events/task-fact.ts"
import { describeCancel, describeFailure } from "../../../runtime/failure/errors.ts"
import { span, type Span } from "../../terminal/line.ts"
import { percentText } from "../../terminal/row-spans.ts"
import { harmless } from "../../terminal/text.ts"
import type { Tone } from "../../terminal/theme.ts"
import { timeText } from "../time-text.ts"

const outcomes: Readonly<Record<string, Tone>> = { completed: "good", failed: "bad", cancelled: "warn" }

/** What a fact says, in a line. */
export function factText(fact: TaskFact): Span {
  switch (fact.type) {
    case "submitted":
      return span(`submitted${fact.nextAttemptAt === undefined ? "" : `, not before ${timeText(fact.nextAttemptAt)}`}`)
    case "state":
      return stateText(fact)
    case "report":
      return span(harmless(`${percentText(fact.progress).trim()} ${fact.message ?? ""}`.trimEnd()))
    case "event":
      return span(harmless(format("event %s: %o", fact.event, fact.data)))
    case "log":
      return span(harmless(`${fact.level}: ${format(...fact.data)}`), fact.level === "error" ? "bad" : "plain")
    case "outcome": {
      const { outcome } = fact
      const why =
        outcome.status === "failed"
          ? `: ${describeFailure(outcome.failure)}`
          : outcome.status === "cancelled"
            ? `: ${describeCancel(outcome.reason)}`
            : ""
      return span(harmless(`${outcome.status}${why}`), outcomes[outcome.status] ?? "plain")
    }
  }
}

function stateText({ phase, attempt, failure, nextAttemptAt }: Extract<TaskFact, { type: "state" }>): Span {
  switch (phase) {
    case "executing":
      return span(attempt > 1 ? `running, attempt ${attempt}` : "running", "accent")
    case "backoff": {
      const when = nextAttemptAt === undefined ? "" : `next one not before ${timeText(nextAttemptAt)}`
      return span(harmless(`attempt ${attempt} failed, ${when}: ${failure ? describeFailure(failure) : ""}`), "warn")
    }
    default:
      return span(phase, phase === "cancelling" ? "warn" : "plain")
  }
}
