import type { Outcome } from "../../machines/task/outcome.ts"
import type { TaskSnapshot } from "../../machines/task/snapshot.ts"

export type SnapshotListener = (snapshot: TaskSnapshot) => void
export type EventListener = (data: unknown) => void | Promise<void>
export type NamedEventListener = (name: string, data: unknown) => void | Promise<void>

/** All that wait for something of one task. Made when the first of them comes. */
export class Watchers {
  readonly #snapshots = new Set<SnapshotListener>()
  #events: Map<string, Set<EventListener>> | undefined
  #waiting: ((outcome: Outcome<unknown>) => void)[] | undefined
  /** One promise for all that ask, as Suspense wants it. */
  outcome: Promise<Outcome<unknown>> | undefined

  subscribe(listener: SnapshotListener): () => void {
    // A wrapper of its own for each, so that one function subscribed twice is two subscriptions.
    const own: SnapshotListener = (snapshot) => listener(snapshot)
    this.#snapshots.add(own)
    return () => this.#snapshots.delete(own)
  }

  get snapshots(): ReadonlySet<SnapshotListener> {
    return this.#snapshots
  }

  on(name: string, listener: EventListener): () => void {
    this.#events ??= new Map()
    const listeners = this.#events.get(name) ?? new Set()
    this.#events.set(name, listeners)
    const own: EventListener = (data) => listener(data)
    listeners.add(own)
    return () => listeners.delete(own)
  }

  listenersOf(name: string): ReadonlySet<EventListener> | undefined {
    return this.#events?.get(name)
  }

  /** Calls back once, with the outcome. */
  whenSettled(waiter: (outcome: Outcome<unknown>) => void): void {
    this.#waiting ??= []
    this.#waiting.push(waiter)
  }

  /** Tells the waiting, and forgets all. */
  settle(outcome: Outcome<unknown>): void {
    const waiting = this.#waiting
    this.#waiting = undefined
    if (waiting !== undefined) for (const waiter of waiting) waiter(outcome)
    this.#snapshots.clear()
    this.#events = undefined
  }
}
