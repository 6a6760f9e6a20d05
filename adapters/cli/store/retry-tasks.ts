import { randomInt } from "node:crypto"
import { bornAgain } from "../../../runtime/journal/born-again.ts"
import type { StoreSession } from "../../../runtime/ports/store.ts"
import { exitCodes } from "../exit-codes.ts"
import { print } from "../print-output.ts"
import { say } from "../say.ts"
import { isStoreError, orUsage, UsageError } from "../usage-error.ts"
import { inPortions } from "./in-portions.ts"
import { findRecord } from "./show-task.ts"
import { askingOr, type StoreFlags } from "./store-file.ts"

/** The id of the new task, or why there is none. */
type Retried = string | UsageError

/** Carries out `tasktor retry`: prints the id of each new task; exit code 1 where one of several could not be submitted. */
export async function retryTasks(ids: readonly string[], flags: StoreFlags): Promise<number> {
  // what an owner has done before it ended is not done again
  const done = new Map<string, Retried>()
  const { isOwned } = await askingOr<void>(
    flags,
    async (owner) => {
      await inPortions(ids, async (id) => {
        done.set(id, await refusedOr(async () => String(await owner({ type: "resubmit", task: id }))))
      })
    },
    (session, now) => {
      for (const id of ids) if (!done.has(id)) done.set(id, submitAgain(session, id, now))
    },
  )
  const retried = ids.map((id) => done.get(id))
  const refused = retried.filter((one) => one instanceof UsageError)
  if (ids.length === 1 && refused[0] !== undefined) throw refused[0]
  await print(retried.map((one) => (typeof one === "string" ? `${one}\n` : "")).join(""))
  for (const { message } of refused) say(`tasktor: ${message}`)
  if (!isOwned && refused.length < ids.length) {
    say("No program has the store open: the next one that opens it runs what was submitted again")
  }
  return refused.length === 0 ? exitCodes.completed : exitCodes.failed
}

async function refusedOr(ask: () => Promise<string>): Promise<Retried> {
  try {
    return await ask()
  } catch (error) {
    if (isStoreError(error) || !(error instanceof Error)) throw error
    return new UsageError(error.message, { cause: error })
  }
}

function submitAgain(session: StoreSession, id: string, now: number): Retried {
  try {
    const record = findRecord(session, id)
    const again = `t${Array.from({ length: 6 }, () => randomInt(36).toString(36)).join("")}-1`
    const batch = orUsage(() => bornAgain(record, again, session, now))
    session.commit(batch)
    return again
  } catch (error) {
    if (error instanceof UsageError) return error
    throw error
  }
}
