import type { TaskSnapshot } from "../../../machines/task/snapshot.ts"
import type { SupervisorState } from "../../../machines/supervisor/machine.ts"
import { factOf, submittedFact } from "../../../runtime/events/fact-of.ts"
import type { TaskFact } from "../../../runtime/events/task-fact.ts"
import { eventOf } from "../../../runtime/journal/entry.ts"
import { foldEntry } from "../../../runtime/journal/fold.ts"
import type { LogEntry, StoreReader } from "../../../runtime/ports/store.ts"
import { span, type Span } from "../../terminal/line.ts"
import { factText } from "../store/fact-text.ts"

/** What an entry of the log tells: a fact of a task, or of the supervisor itself. */
export type EntryFact = TaskFact | { readonly type: "supervisor"; readonly state: SupervisorState; readonly at: number }

/** Undefined for a task whose birth has been forgotten. */
export function entryFact(
  before: TaskSnapshot | undefined,
  entry: LogEntry,
  reader: Pick<StoreReader, "decode">,
): EntryFact | undefined {
  const { what, at } = entry
  if (what.type === "supervisor") return { type: "supervisor", state: what.state, at }
  const after = foldEntry(before, entry, reader)
  if (after === undefined) return undefined
  if (before === undefined) return submittedFact(after, at)
  const channel = what.type === "emit" ? what.channel : undefined
  return factOf(before, after, eventOf(entry, reader, undefined), at, channel)
}

export function entryFactText(fact: EntryFact): Span {
  return fact.type === "supervisor" ? span(`the supervisor is ${fact.state}`, "accent") : factText(fact)
}
