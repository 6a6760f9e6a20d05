import { Fold } from "../../../runtime/journal/fold.ts"
import type { StoreReader } from "../../../runtime/ports/store.ts"
import { paintLine, span } from "../../terminal/line.ts"
import { harmless } from "../../terminal/text.ts"
import { jsonSafe } from "../json-safe.ts"
import { print } from "../print-output.ts"
import { pageOf } from "../text-table.ts"
import { preciseTimeText } from "../time-text.ts"
import { entryFact, entryFactText } from "./entry-fact.ts"
import type { Tape } from "./tape.ts"

/** So many lines are written at once. */
const portion = 500

/** The whole log, a line for each entry. */
export async function printLog(tape: Tape, reader: StoreReader, asJson: boolean): Promise<void> {
  const { theme } = pageOf(process.stdout)
  const fold = new Fold(reader)
  let lines: string[] = []
  for (const entry of tape.entries(0, tape.last)) {
    const { position, task, at } = entry
    const fact = entryFact(task === undefined ? undefined : fold.taskOf(task), entry, reader)
    fold.apply(entry)
    if (fact === undefined) continue
    if (asJson) lines.push(`${JSON.stringify(jsonSafe({ position, ...fact }))}\n`)
    else {
      const who = fact.type === "supervisor" ? "" : `${harmless(fact.name)} ${fact.task}  `
      const spans = [span(`${position}  ${preciseTimeText(at)}  `, "dim"), span(who, "bold"), entryFactText(fact)]
      lines.push(`${paintLine(spans, Number.POSITIVE_INFINITY, theme)}\n`)
    }
    if (lines.length < portion) continue
    await print(lines.join(""))
    lines = []
  }
  await print(lines.join(""))
}
