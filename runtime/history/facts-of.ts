import type { TaskSnapshot } from "../../machines/task/snapshot.ts"
import { factOf, submittedFact } from "../events/fact-of.ts"
import type { TaskFact } from "../events/task-fact.ts"
import { eventOf } from "../journal/entry.ts"
import { foldEntry } from "../journal/fold.ts"
import { snapshotOf } from "../journal/record.ts"
import type { StoreReader, TaskRecord } from "../ports/store.ts"

/** One task's ordered stream, from its submission on, as its part of the log has it. */
export function factsOf(reader: Pick<StoreReader, "entries" | "decode">, record: TaskRecord): readonly TaskFact[] {
  const { outcome } = snapshotOf(record, reader)
  const output = outcome?.status === "completed" ? outcome.output : undefined
  const facts: TaskFact[] = []
  let before: TaskSnapshot | undefined
  for (const entry of reader.entries({ task: record.id })) {
    const after = foldEntry(before, entry, reader, output)
    if (after === undefined) continue
    const { what, at } = entry
    const channel = what.type === "emit" ? what.channel : undefined
    if (before === undefined) facts.push(submittedFact(after, at))
    else if (after !== before) facts.push(factOf(before, after, eventOf(entry, reader, output), at, channel))
    before = after
  }
  return facts
}
