import type { Outcome } from "../../machines/task/outcome.ts"
import type { TaskSnapshot } from "../../machines/task/snapshot.ts"
import type { RunOptions } from "./run-options.ts"

export type SnapshotListener = (snapshot: TaskSnapshot) => void
export type EventListener = (data: unknown) => void | Promise<void>

export type TaskCallbacks = Pick<RunOptions, "whenDone" | "whenEvent">

/** Those who follow one task while it lives. Made when the first of them comes. */
export class Watchers {
  /** One promise for all that ask. */
  outcome: Promise<Outcome<unknown>> | undefined = undefined
  /** The callbacks of those who joined the task. */
  readonly joined = new Set<TaskCallbacks>()
  #snapshots: Set<SnapshotListener> | undefined
  #events: Map<string, Set<EventListener>> | undefined

  join(more: TaskCallbacks): () => void {
    this.joined.add(more)
    return () => void this.joined.delete(more)
  }

  subscribe(listener: SnapshotListener): () => void {
    this.#snapshots ??= new Set()
    return addTo(this.#snapshots, (snapshot) => listener(snapshot))
  }

  on(name: string, listener: EventListener): () => void {
    this.#events ??= new Map()
    const listeners = this.#events.get(name) ?? new Set()
    this.#events.set(name, listeners)
    return addTo(listeners, (data) => listener(data))
  }

  /** Nothing more will come. */
  endFollowing(): void {
    this.#snapshots = undefined
    this.#events = undefined
  }

  get snapshots(): Iterable<SnapshotListener> {
    return this.#snapshots ?? []
  }

  listenersOf(name: string): Iterable<EventListener> {
    return this.#events?.get(name) ?? []
  }
}

/** `own` is a wrapper made for this call: one function subscribed twice is two subscriptions. */
function addTo<Listener>(listeners: Set<Listener>, own: Listener): () => void {
  listeners.add(own)
  return () => void listeners.delete(own)
}
