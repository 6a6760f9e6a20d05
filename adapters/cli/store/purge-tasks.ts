import { abandoned } from "../../../runtime/journal/abandon.ts"
import { exitCodes } from "../exit-codes.ts"
import { print } from "../print-output.ts"
import { say } from "../say.ts"
import { UsageError } from "../usage-error.ts"
import { askYes } from "./ask-yes.ts"
import { queryOf, queryText, queuedOf } from "./query-text.ts"
import { askingOr, reading, type StoreFlags } from "./store-file.ts"

/** The options of `tasktor purge`, as commander collects them. */
export interface PurgeFlags extends StoreFlags {
  readonly yes?: boolean
}

/** Carries out `tasktor purge`: cancels what is queued and matches, and nothing else, after it has asked. */
export async function purgeTasks(words: readonly string[], flags: PurgeFlags): Promise<number> {
  const text = queryText(words)
  queryOf(text)
  const count = await reading(flags, (reader) => [...queuedOf(reader, text)].length)
  if (count === 0) {
    say("No queued task matches: nothing is purged")
    return exitCodes.completed
  }
  if (flags.yes !== true && !(await isWanted(count))) {
    say("Nothing is purged")
    return exitCodes.cancelled
  }
  const { answer } = await askingOr<number>(
    flags,
    async (owner) => Number(await owner({ type: "purge", query: text }, "1 minute")),
    (session, now) => {
      const queued = [...queuedOf(session, text)]
      const reason = { type: "requested", message: "purged" } as const
      const ended = queued.flatMap((record) => [...abandoned(record, reason, session, now)])
      session.commit({
        entries: ended.map(({ entry }) => entry),
        records: ended.map(({ record }) => record),
        schedules: new Set(),
      })
      return queued.length
    },
  )
  await print(`Purged ${tasks(answer)}\n`)
  return exitCodes.completed
}

async function isWanted(count: number): Promise<boolean> {
  if (!process.stdin.isTTY) {
    throw new UsageError(
      `Cannot purge ${tasks(count)}: there is no terminal on which to ask whether that is meant; give --yes`,
    )
  }
  return askYes(`Cancel ${tasks(count)}?`)
}

function tasks(count: number): string {
  return `${count} queued ${count === 1 ? "task" : "tasks"}`
}
