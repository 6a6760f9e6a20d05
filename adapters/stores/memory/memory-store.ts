import { show } from "../../../runtime/failure/show.ts"
import type { Store } from "../../../runtime/ports/store.ts"
import { type Retention, retentionPlan } from "../retention/retention.ts"
import { MemoryShelf } from "./memory-shelf.ts"
import { memorySession } from "./memory-session.ts"

export interface MemoryStoreOptions {
  /** How long settled tasks are kept. */
  readonly retention?: Retention
}

/**
 * A store that lives as long as its program: all that a durable one does but to outlive it, in Node and in browsers. For history and
 * queries beyond the latest tasks, and for tests: a second supervisor on it recovers what the first one left.
 *
 * @throws TypeError or RangeError for an option that cannot be used, naming it and its value.
 * @example
 * const store = memoryStore({ retention: { completed: { count: 1000, age: "1 hour" } } })
 */
export function memoryStore(options: MemoryStoreOptions = {}): Store {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`Cannot make a memory store: its options must be an object, current value is ${show(options)}`)
  }
  const shelf = new MemoryShelf(retentionPlan(options.retention, "Cannot make a memory store"))
  return { name: "memory", open: () => memorySession(shelf) }
}
