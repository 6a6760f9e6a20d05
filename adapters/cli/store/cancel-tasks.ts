import type { CancelReason } from "../../../machines/task/outcome.ts"
import { abandoned } from "../../../runtime/journal/abandon.ts"
import type { StoreSession } from "../../../runtime/ports/store.ts"
import type { CancelReceipt } from "../../../runtime/task/receipt.ts"
import { exitCodes } from "../exit-codes.ts"
import { jsonSafe } from "../json-safe.ts"
import { print } from "../print-output.ts"
import { say } from "../say.ts"
import { span } from "../../terminal/line.ts"
import { pageOf, tableLines } from "../text-table.ts"
import { oneLine, UsageError } from "../usage-error.ts"
import { inPortions } from "./in-portions.ts"
import { queryOf, recordsOf } from "./query-text.ts"
import { askingOr, reading, type StoreFlags } from "./store-file.ts"

/** The options of `tasktor cancel`, as commander collects them. */
export interface CancelFlags extends StoreFlags {
  readonly query?: string
  readonly reason?: string
  readonly json?: boolean
}

/** A grace period may be long: so long is waited for the end of a task that runs. */
const patience = "1 minute"

interface Cancelled {
  readonly id: string
  readonly receipt: CancelReceipt
}

/** Carries out `tasktor cancel`: exit code 1 where one of them could not be cancelled. */
export async function cancelTasks(ids: readonly string[], flags: CancelFlags): Promise<number> {
  const meant = await meantBy(ids, flags)
  if (meant.length === 0) {
    say("No living task matches")
    return exitCodes.completed
  }
  const reason: CancelReason = {
    type: "requested",
    ...(flags.reason === undefined ? {} : { message: flags.reason }),
  }
  const { answer } = await askingOr<readonly Cancelled[]>(
    flags,
    (owner) =>
      inPortions(meant, async (id) => {
        const cancel = { type: "cancel", task: id, reason: flags.reason } as const
        return { id, receipt: (await owner(cancel, patience).catch(unlessUnknown)) as CancelReceipt }
      }),
    (session, now) => meant.map((id) => ({ id, receipt: cancelKept(session, id, reason, now) })),
  )
  const rows = answer.map(({ id, receipt }) => [span(id), span(receipt)])
  if (flags.json === true) await print(answer.map((one) => `${JSON.stringify(jsonSafe(one))}\n`).join(""))
  else await print(tableLines(rows, pageOf(process.stdout)))
  return answer.every(({ receipt }) => isCancelled(receipt)) ? exitCodes.completed : exitCodes.failed
}

/** What lives in the store alone: nobody runs it, so it has really ended at once. */
function cancelKept(session: StoreSession, id: string, reason: CancelReason, now: number): CancelReceipt {
  const record = session.find(id)
  if (record === undefined) return "unknown"
  const { outcome } = record.snapshot
  if (outcome !== undefined) return `already-${outcome.status}`
  const ended = [...abandoned(record, reason, session, now)]
  session.commit({
    entries: ended.map(({ entry }) => entry),
    records: ended.map((one) => one.record),
    schedules: new Set(),
  })
  return "cancelled"
}

async function meantBy(ids: readonly string[], flags: CancelFlags): Promise<readonly string[]> {
  const { query } = flags
  if ((query === undefined) === (ids.length === 0)) {
    const fact = query === undefined ? "it is not said which tasks" : "there are ids and --query"
    throw new UsageError(`Cannot cancel: ${fact}; give ids, or --query`)
  }
  if (query === undefined) return ids
  if (query.trim() === "") {
    throw new UsageError(
      'Cannot cancel: the query is empty, which is every task; give one, as in "state:pending,running"',
    )
  }
  return reading(flags, (reader) =>
    Array.from(recordsOf(reader, { ...queryOf(query), sort: "oldest" }))
      .filter(({ snapshot }) => snapshot.outcome === undefined)
      .map(({ id }) => id),
  )
}

/** The owner has never heard of it: one answer of many. */
function unlessUnknown(error: unknown): CancelReceipt {
  if (oneLine(error).startsWith("Error: Cannot find task")) return "unknown"
  throw error
}

function isCancelled(receipt: CancelReceipt): boolean {
  return ["cancelled", "terminated", "abandoned", "already-cancelled"].includes(receipt)
}
