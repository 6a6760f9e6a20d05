import type { TaskFact } from "../../../runtime/events/task-fact.ts"
import { elapsedText } from "../../terminal/elapsed.ts"
import { isLoggedFrom, logText } from "../../terminal/log-text.ts"
import { harmless } from "../../terminal/text.ts"
import type { Theme } from "../../terminal/theme.ts"
import { factText } from "../store/fact-text.ts"
import { clockText, timeText } from "../time-text.ts"

interface Run {
  readonly schedule: string
  startedAt: number | undefined
}

/** What happens to tasks of schedules, a line each: slots as they are run, what bodies say, and outcomes. */
export class BeatLines {
  readonly #theme: Theme
  readonly #showsDebug: boolean
  readonly #runs = new Map<string, Run>()

  constructor(theme: Theme, showsDebug: boolean) {
    this.#theme = theme
    this.#showsDebug = showsDebug
  }

  /** The line for this fact, if it gets one. */
  line(fact: TaskFact): string | undefined {
    const { task } = fact
    if (fact.type === "submitted" && fact.origin?.type === "schedule") {
      const { schedule, slot } = fact.origin
      this.#runs.set(task, { schedule, startedAt: undefined })
      return this.#lineOf(schedule, task, fact.at, `runs for ${timeText(slot)}`)
    }
    const run = this.#runs.get(task)
    if (run === undefined) return undefined
    switch (fact.type) {
      case "state": {
        if (fact.phase === "executing") run.startedAt ??= fact.at
        if (fact.phase !== "backoff") return undefined
        const { text, tone } = factText(fact)
        return this.#lineOf(run.schedule, task, fact.at, this.#theme.paint(tone, text))
      }
      case "log": {
        if (!isLoggedFrom(this.#showsDebug ? "debug" : "info", fact)) return undefined
        return `${this.#theme.paint("dim", clockText(fact.at))} ${logText(`${run.schedule} ${task}`, fact, this.#theme)}`
      }
      case "outcome": {
        this.#runs.delete(task)
        const { text, tone } = factText(fact)
        const [status = "", ...why] = text.split(": ")
        const took = run.startedAt === undefined ? "" : ` in ${elapsedText(fact.at - run.startedAt)}`
        return this.#lineOf(
          run.schedule,
          task,
          fact.at,
          `${this.#theme.paint(tone, status)}${took}${why.length === 0 ? "" : `: ${why.join(": ")}`}`,
        )
      }
      case "submitted":
      case "report":
      case "event":
        return undefined
    }
  }

  #lineOf(schedule: string, task: string, at: number, text: string): string {
    const { paint } = this.#theme
    return `${paint("dim", clockText(at))} ${paint("bold", harmless(schedule))} ${paint("dim", task)} ${text}`
  }
}
