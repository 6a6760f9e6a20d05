import { randomInt } from "node:crypto"
import { bornAgain } from "../../../runtime/journal/born-again.ts"
import type { StoreSession } from "../../../runtime/ports/store.ts"
import { exitCodes } from "../exit-codes.ts"
import { print } from "../print-output.ts"
import { say } from "../say.ts"
import { orUsage, UsageError } from "../usage-error.ts"
import { recordsOf } from "./query-text.ts"
import { findRecord } from "./show-task.ts"
import { askingOr, type StoreFlags } from "./store-file.ts"

/** Carries out `tasktor retry`: prints the id of each new task; exit code 1 where one could not be submitted. */
export async function retryTasks(ids: readonly string[], flags: StoreFlags): Promise<number> {
  let exitCode: number = exitCodes.completed
  let waits = false
  for (const id of ids) {
    try {
      const { answer, isOwned } = await askingOr<string>(
        flags,
        async (owner) => String(await owner({ type: "resubmit", task: id })),
        (session, now) => submitAgain(session, id, now),
      )
      waits ||= !isOwned
      await print(`${answer}\n`)
    } catch (error) {
      if (!(error instanceof UsageError) || ids.length === 1) throw error
      say(`tasktor: ${error.message}`)
      exitCode = exitCodes.failed
    }
  }
  if (waits) say("No program has the store open: the next one that opens it runs what was submitted again")
  return exitCode
}

function submitAgain(session: StoreSession, id: string, now: number): string {
  const record = findRecord(session, id)
  const again = `t${Array.from({ length: 6 }, () => randomInt(36).toString(36)).join("")}-1`
  const batch = orUsage(() => bornAgain(record, again, session, now))
  refuseHeldKey(session, id, record.snapshot.key)
  session.commit(batch)
  return again
}

/** A supervisor would replace the one that holds the key; nobody is here who could. */
function refuseHeldKey(session: StoreSession, id: string, key: unknown): void {
  if (key === id) return
  for (const holder of recordsOf(session, { status: ["pending", "running"], key: JSON.stringify(key) })) {
    throw new UsageError(
      `Cannot resubmit task ${id}: task ${holder.id} holds its key ${JSON.stringify(key)}; cancel that first, or start the program, whose supervisor replaces it`,
    )
  }
}
