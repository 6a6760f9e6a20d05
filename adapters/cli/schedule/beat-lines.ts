import type { TaskOrigin, TaskSnapshot } from "../../../machines/task/snapshot.ts"
import type { TaskFact } from "../../../runtime/events/task-fact.ts"
import { elapsedText } from "../../terminal/elapsed.ts"
import { isLoggedFrom, logText } from "../../terminal/log-text.ts"
import { harmless } from "../../terminal/text.ts"
import type { Theme } from "../../terminal/theme.ts"
import { factText } from "../store/fact-text.ts"
import { clockText, timeText } from "../time-text.ts"

interface Run {
  /** Its schedule, or else its own name: somebody may have submitted it, or another program have left it. */
  readonly label: string
  startedAt: number | undefined
}

/** What happens in a supervisor that runs schedules, a line each: slots as they are run, what bodies say, and outcomes. */
export class BeatLines {
  readonly #theme: Theme
  readonly #showsDebug: boolean
  readonly #runs = new Map<string, Run>()

  /** @param living What another program has left, or the module has begun. */
  constructor(living: readonly TaskSnapshot[], theme: Theme, showsDebug: boolean) {
    this.#theme = theme
    this.#showsDebug = showsDebug
    for (const task of living) {
      if (task.parent === undefined) this.#runs.set(task.id, { label: labelOf(task), startedAt: task.startedAt })
    }
  }

  /** The line for this fact, if it gets one. */
  line(fact: TaskFact): string | undefined {
    const { task } = fact
    if (fact.type === "submitted") {
      if (fact.parent !== undefined) return undefined
      const run = { label: labelOf(fact), startedAt: undefined }
      this.#runs.set(task, run)
      return this.#lineOf(run, task, fact.at, beginOf(fact.origin))
    }
    const run = this.#runs.get(task)
    if (run === undefined) return undefined
    switch (fact.type) {
      case "state": {
        if (fact.phase === "executing") run.startedAt ??= fact.at
        if (fact.phase !== "backoff") return undefined
        const { text, tone } = factText(fact)
        return this.#lineOf(run, task, fact.at, this.#theme.paint(tone, text))
      }
      case "log": {
        if (!isLoggedFrom(this.#showsDebug ? "debug" : "info", fact)) return undefined
        return `${this.#theme.paint("dim", clockText(fact.at))} ${logText(`${run.label} ${task}`, fact, this.#theme)}`
      }
      case "outcome": {
        this.#runs.delete(task)
        const { text, tone } = factText(fact)
        const [status = "", ...why] = text.split(": ")
        const took = run.startedAt === undefined ? "" : ` in ${elapsedText(fact.at - run.startedAt)}`
        return this.#lineOf(
          run,
          task,
          fact.at,
          `${this.#theme.paint(tone, status)}${took}${why.length === 0 ? "" : `: ${why.join(": ")}`}`,
        )
      }
      case "report":
      case "event":
        return undefined
    }
  }

  #lineOf({ label }: Run, task: string, at: number, text: string): string {
    const { paint } = this.#theme
    return `${paint("dim", clockText(at))} ${paint("bold", harmless(label))} ${paint("dim", task)} ${text}`
  }
}

function labelOf({ origin, name }: Pick<TaskSnapshot, "origin" | "name">): string {
  return origin?.type === "schedule" ? origin.schedule : name
}

function beginOf(origin: TaskOrigin | undefined): string {
  switch (origin?.type) {
    case "schedule":
      return `runs for ${timeText(origin.slot)}`
    case "resubmission":
      return `is submitted again, as ${origin.of} was`
    case undefined:
      return "is submitted"
  }
}
