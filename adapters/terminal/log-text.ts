import { format } from "node:util"
import type { LogLevel } from "../../machines/task/events.ts"
import type { TaskFact } from "../../runtime/events/task-fact.ts"
import { harmless } from "./text.ts"
import type { Theme, Tone } from "./theme.ts"

type LogFact = Extract<TaskFact, { type: "log" }>

const levels: readonly LogLevel[] = ["debug", "info", "warn", "error"]
const tones: Readonly<Record<LogLevel, Tone>> = { debug: "dim", info: "plain", warn: "warn", error: "bad" }

/** Whether a log line is at least as grave as `lowest`. */
export function isLoggedFrom(lowest: LogLevel | "none", fact: LogFact): boolean {
  return lowest !== "none" && levels.indexOf(fact.level) >= levels.indexOf(lowest)
}

/** One log line of a task's body: `crunch: warn: low on memory`. */
export function logText(label: string, fact: LogFact, theme: Theme): string {
  const level = fact.level === "info" ? "" : `${fact.level}: `
  return `${theme.paint("dim", `${label}:`)} ${theme.paint(tones[fact.level], level + harmless(formatted(fact.data)))}`
}

function formatted(data: readonly unknown[]): string {
  try {
    return format(...data)
  } catch (error) {
    // a getter or a toString of the body's own
    return `(cannot be shown: ${error instanceof Error ? error.message : typeof error})`
  }
}
