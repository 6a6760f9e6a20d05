import { StoreError } from "../../../runtime/failure/store-error.ts"
import type { StoreSession } from "../../../runtime/ports/store.ts"
import { decode, encode } from "./kept-value.ts"
import type { SqliteFile } from "./sqlite-file.ts"

const reading = "Cannot read the store"

/** A supervisor's access to a file that its process owns. */
export function sqliteSession(
  file: SqliteFile,
  { isFirst, sweepEveryMs, leave }: Pick<StoreSession, "isFirst" | "sweepEveryMs"> & { leave(): void },
): StoreSession {
  let isOpen = true
  const checkOpen = (): void => {
    if (isOpen) return
    throw new StoreError(
      "closed",
      `Cannot use the store ${JSON.stringify(file.path)}: this access to it has been closed; open it again`,
    )
  }
  const read = <Value>(work: () => Value): Value => {
    checkOpen()
    return file.attempt(reading, work)
  }
  /** Each step, because SQLite may find the damage late; and a loop may outlive the session. */
  function* readAll<Value>(values: () => Iterable<Value>): Generator<Value> {
    const iterator = read(() => values()[Symbol.iterator]())
    for (;;) {
      const { done, value } = read(() => iterator.next())
      if (done === true) return
      yield value
    }
  }
  return {
    name: file.path,
    isFirst,
    sweepEveryMs,
    encode,
    decode,
    schedules: file.schedules,
    get last() {
      return file.last
    },
    commit: (batch) => {
      checkOpen()
      file.commit(batch)
    },
    living: () => readAll(() => file.reader.living()),
    find: (id) => read(() => file.reader.find(id)),
    childrenOf: (id) => readAll(() => file.reader.childrenOf(id)),
    list: (query) => read(() => file.reader.list(query)),
    entries: (range) => readAll(() => file.reader.entries(range)),
    sweep: (now) => {
      checkOpen()
      return file.sweep(now)
    },
    stats: () => read(() => ({ name: file.path, ...file.reader.stats() })),
    close: () => {
      if (!isOpen) return
      isOpen = false
      leave()
    },
  }
}
