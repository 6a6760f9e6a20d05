import { existsSync } from "node:fs"
import { systemClock } from "../../../runtime/clock/system-clock.ts"
import type { DurationInput } from "../../../runtime/definition/duration.ts"
import type { StoreReader, StoreRequest, StoreSession } from "../../../runtime/ports/store.ts"
import { askOwner } from "../../stores/sqlite/ask-owner.ts"
import { isOwned } from "../../stores/sqlite/ownership.ts"
import { readSqliteStore } from "../../stores/sqlite/read-sqlite-store.ts"
import { storePath } from "../../stores/sqlite/store-path.ts"
import { sqliteStore } from "../../stores/sqlite/sqlite-store.ts"
import { isStoreError, oneLine, UsageError } from "../usage-error.ts"

/** The option that all commands of this room have. */
export interface StoreFlags {
  /** The path of a store's file, which must be there. */
  readonly store: string
}

/** Looks into the file, whoever owns it. */
export async function reading<Value>(
  { store }: StoreFlags,
  work: (reader: StoreReader) => Value | Promise<Value>,
): Promise<Value> {
  checkThere(store)
  const reader = readSqliteStore(store)
  try {
    return await work(reader)
  } finally {
    reader.close()
  }
}

/** Whether a program has it open: what runs there does run. */
export function hasOwner({ store }: StoreFlags): boolean {
  return isOwned(storePath(store, "Cannot read the store"))
}

/**
 * Has the program that owns the store do something; with no such program it is done on the file itself, which belongs to this command
 * meanwhile.
 *
 * @throws UsageError with what the owner says where it refuses.
 */
export async function askingOr<Answer>(
  { store }: StoreFlags,
  ask: (owner: (request: StoreRequest, timeout?: DurationInput) => Promise<unknown>) => Promise<Answer>,
  work: (session: StoreSession, now: number) => Answer,
): Promise<{ readonly answer: Answer; readonly isOwned: boolean }> {
  checkThere(store)
  try {
    const answer = await ask((request, timeout) => askOwner(store, request, timeout === undefined ? {} : { timeout }))
    return { answer, isOwned: true }
  } catch (error) {
    if (!isClosed(error)) throw refusal(error)
  }
  return { answer: owning(store, work), isOwned: false }
}

function owning<Answer>(store: string, work: (session: StoreSession, now: number) => Answer): Answer {
  const session = sqliteStore(store).open({
    clock: systemClock,
    warn: (message, cause) =>
      process.stderr.write(`tasktor: ${message}${cause === undefined ? "" : `: ${oneLine(cause)}`}\n`),
    asked: () => Promise.reject(new Error("Cannot answer: a command has the store open for a moment; try again")),
  })
  try {
    return work(session, systemClock.now())
  } finally {
    session.close()
  }
}

function isClosed(error: unknown): boolean {
  return isStoreError(error) && error.problem === "closed"
}

function refusal(error: unknown): unknown {
  return error instanceof Error && !isStoreError(error) && !(error instanceof UsageError)
    ? new UsageError(error.message, { cause: error })
    : error
}

/** Whoever looks makes no file. */
function checkThere(store: string): void {
  if (existsSync(store)) return
  throw new UsageError(`Cannot read the store ${JSON.stringify(store)}: there is no such file; look at the path`)
}
