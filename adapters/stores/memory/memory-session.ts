import { StoreError } from "../../../runtime/failure/store-error.ts"
import type { StoreSession } from "../../../runtime/ports/store.ts"
import { decode, encode } from "./kept-value.ts"
import type { MemoryShelf } from "./memory-shelf.ts"

/** A supervisor's access to what a memory store keeps. */
export function memorySession(shelf: MemoryShelf): StoreSession {
  let isOpen = true
  const isFirst = shelf.enter()
  const opened = (): MemoryShelf => {
    if (isOpen) return shelf
    throw new StoreError("closed", "Cannot use a store in memory: this access to it has been closed; open it again")
  }
  return {
    name: "memory",
    isFirst,
    encode,
    decode,
    schedules: shelf.schedules,
    sweepEveryMs: shelf.sweepEveryMs,
    get last() {
      return shelf.last
    },
    commit: (batch) => opened().commit(batch),
    living: () => opened().living(),
    find: (id) => opened().find(id),
    childrenOf: (id) => opened().childrenOf(id),
    list: (query) => opened().list(query),
    entries: (range) => opened().entries(range),
    sweep: (now) => opened().sweep(now),
    stats: () => opened().stats(),
    close: () => {
      if (isOpen) shelf.leave()
      isOpen = false
    },
  }
}
