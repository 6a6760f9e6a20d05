import { paintLine, span } from "../../terminal/line.ts"
import { countsText, total } from "../../terminal/task-text.ts"
import { exitCodes } from "../exit-codes.ts"
import { jsonSafe } from "../json-safe.ts"
import { print } from "../print-output.ts"
import { reading } from "../store/store-file.ts"
import { taskHead, taskRow } from "../store/task-table.ts"
import { pageOf, tableLines } from "../text-table.ts"
import { preciseTimeText } from "../time-text.ts"
import { UsageError } from "../usage-error.ts"
import { momentOf } from "./moment.ts"
import { printLog } from "./print-log.ts"
import { stepThrough } from "./step-through.ts"
import { Tape } from "./tape.ts"
import { positionOf } from "./position-of.ts"

/** The options of `tasktor replay`, as commander collects them. */
export interface ReplayFlags {
  readonly at?: string
  readonly json?: boolean
}

/** Carries out `tasktor replay`: steps through the log on a terminal, or else prints it, or shows one moment of it. */
export function replay(file: string, { at, json }: ReplayFlags): Promise<number> {
  return reading({ store: file }, async (reader) => {
    const tape = new Tape(reader)
    if (at !== undefined) await print(momentText(tape, at, json === true))
    else if (json !== true && process.stdout.isTTY && process.stdin.isTTY) await stepThrough(tape, reader)
    else await printLog(tape, reader, json === true)
    return exitCodes.completed
  })
}

function momentText(tape: Tape, text: string, asJson: boolean): string {
  const moment = momentOf(text, Date.now())
  if (moment === undefined) {
    throw new UsageError(
      `Cannot read --at: it must be a position of the log, or an instant such as 14:30 or "2026-11-30 14:30:05", current value is ${JSON.stringify(text)}`,
    )
  }
  const fold = tape.foldAt(positionOf(tape, moment))
  const { state, counts, progress, tasks } = fold.snapshot()
  const { position, at } = fold
  if (asJson) return `${JSON.stringify(jsonSafe({ position, at, state, progress, counts, tasks }))}\n`
  const page = pageOf(process.stdout)
  const when =
    position === 0 ? "before anything has happened" : `${preciseTimeText(at)}, entry ${position} of ${tape.last}`
  const summary = total(counts) === 0 ? "no task" : countsText(counts)
  const head = paintLine([span(when, "bold"), span(`: supervisor ${state}, ${summary}`)], page.width, page.theme)
  return `${head}\n${tasks.length === 0 ? "" : tableLines([taskHead, ...tasks.map((task) => taskRow(task, at))], page)}`
}
