import { readQuery } from "../../../runtime/history/read-query.ts"
import type { StoreReader, TaskQuery, TaskRecord } from "../../../runtime/ports/store.ts"
import { orUsage } from "../usage-error.ts"

/** The store gives so many at once, at most. */
const longestPage = 1000

/** The words of a query as one text: the shell has taken their quotes away. */
export function queryText(words: readonly string[]): string {
  return words.map(quoted).join(" ")
}

/** @throws UsageError for a query that cannot be read. */
export function queryOf(text: string): TaskQuery {
  return orUsage(() => readQuery(text))
}

/** All that match, in portions. */
export function* recordsOf(
  reader: StoreReader,
  query: Omit<TaskQuery, "limit">,
  expected = longestPage,
): Generator<TaskRecord> {
  const limit = Math.min(longestPage, Math.max(1, expected))
  let cursor: string | undefined
  do {
    const { records, next } = reader.list({ ...query, limit, cursor })
    yield* records
    cursor = next
  } while (cursor !== undefined)
}

/** What waits for a slot, a key or a check: nothing that has begun, or waits for an instant. */
export function* queuedOf(reader: StoreReader, text: string): Generator<TaskRecord> {
  const { status, ...rest } = queryOf(text)
  if (status !== undefined && ![status].flat().includes("pending")) return
  for (const record of recordsOf(reader, { ...rest, status: "pending", sort: "oldest" })) {
    if (record.snapshot.phase === "queued") yield record
  }
}

function quoted(word: string): string {
  // Somebody has put the whole query between quotes.
  const isWhole = /\s\w+:\S/.test(word)
  if (!/\s/.test(word) || word.includes('"') || isWhole) return word
  const [, field = "", value = word] = /^(\w+:)(.*)$/s.exec(word) ?? []
  return `${field}"${value}"`
}
