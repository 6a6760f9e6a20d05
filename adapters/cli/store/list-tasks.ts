import { snapshotOf } from "../../../runtime/journal/record.ts"
import type { StoreReader, TaskRecord, TaskSort } from "../../../runtime/ports/store.ts"
import { jsonSafe } from "../json-safe.ts"
import { print } from "../print-output.ts"
import { exitCodes } from "../exit-codes.ts"
import { say } from "../say.ts"
import { pageOf, tableLines } from "../text-table.ts"
import { queryOf, queryText, recordsOf } from "./query-text.ts"
import { hasOwner, reading, type StoreFlags } from "./store-file.ts"
import { taskHead, taskRow } from "./task-table.ts"

/** The options of `tasktor ls`, as commander collects them. */
export interface ListFlags extends StoreFlags {
  readonly limit: number
  readonly sort?: TaskSort
  readonly all?: boolean
  readonly json?: boolean
}

/** So many rows have their columns in common. */
const portion = 1000

/** Carries out `tasktor ls`; resolves with the exit code. */
export function listTasks(words: readonly string[], flags: ListFlags): Promise<number> {
  return reading(flags, async (reader) => {
    const query = { ...queryOf(queryText(words)), sort: flags.sort }
    const most = flags.all === true ? Number.POSITIVE_INFINITY : flags.limit
    let hasMore = false
    const some = upTo(most, recordsOf(reader, query, most + 1), () => (hasMore = true))
    const shown = await showTasks(reader, some, flags)
    if (hasMore) say("There are more: see --limit and --all")
    if (shown === 0 && flags.json !== true) say("No task matches")
    return exitCodes.completed
  })
}

/** Tasks as a table, or each as a line of JSON. */
export async function showTasks(
  reader: StoreReader,
  records: Iterable<TaskRecord>,
  flags: StoreFlags & { readonly json?: boolean },
): Promise<number> {
  const now = Date.now()
  const page = pageOf(process.stdout)
  let count = 0
  let running = false
  for (const some of portions(records)) {
    const tasks = some.map((record) => snapshotOf(record, reader))
    running ||= tasks.some(({ status }) => status === "running")
    if (flags.json === true) await print(tasks.map((task) => `${JSON.stringify(jsonSafe(task))}\n`).join(""))
    else {
      const head = count === 0 ? [taskHead] : []
      await print(tableLines([...head, ...tasks.map((task) => taskRow(task, now))], page))
    }
    count += tasks.length
  }
  if (running && !hasOwner(flags)) say("No program has the store open: what is running here ran when its program ended")
  return count
}

function* upTo<Value>(most: number, values: Iterable<Value>, more: () => void): Generator<Value> {
  let left = most
  for (const value of values) {
    if (left-- <= 0) return more()
    yield value
  }
}

function* portions<Value>(values: Iterable<Value>): Generator<readonly Value[]> {
  let some: Value[] = []
  for (const value of values) {
    if (some.push(value) < portion) continue
    yield some
    some = []
  }
  if (some.length > 0) yield some
}
