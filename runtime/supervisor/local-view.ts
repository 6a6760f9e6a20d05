import type { Outcome } from "../../machines/task/outcome.ts"
import type { TaskSnapshot } from "../../machines/task/snapshot.ts"
import type { TaskFact } from "../events/task-fact.ts"
import { checkListener } from "../task/check-listener.ts"
import type { Task } from "../task/task.ts"
import { AskedOutcomes } from "./asked-outcomes.ts"
import type { Capture } from "./capture.ts"
import type { Publisher } from "./publisher.ts"
import type { Roster } from "./roster.ts"
import type { SupervisorSnapshot, TaskView } from "./view.ts"

/** The view of a supervisor from beside it: whatever is asked is known at once. */
export class LocalView implements TaskView {
  readonly #roster: Roster
  readonly #publisher: Publisher
  readonly #state: () => SupervisorSnapshot["state"]
  readonly #outcomes = new AskedOutcomes()
  // One object for as long as nothing changes, as stores are expected to give; weakly held, like the capture behind it.
  #lastSnapshot: WeakRef<SupervisorSnapshot> | undefined
  #lastCapture: WeakRef<Capture> | undefined

  constructor(roster: Roster, publisher: Publisher, state: () => SupervisorSnapshot["state"]) {
    this.#roster = roster
    this.#publisher = publisher
    this.#state = state
  }

  getSnapshot(): SupervisorSnapshot {
    const state = this.#state()
    const capture = this.#roster.capture()
    const last = this.#lastSnapshot?.deref()
    if (last !== undefined && last.state === state && this.#lastCapture?.deref() === capture) return last
    const { progress, counts } = this.#roster
    const snapshot: SupervisorSnapshot = Object.freeze({
      state,
      get tasks(): readonly TaskSnapshot[] {
        return capture.list
      },
      progress,
      counts: Object.freeze(counts),
    })
    this.#lastSnapshot = new WeakRef(snapshot)
    this.#lastCapture = new WeakRef(capture)
    return snapshot
  }

  subscribe(listener: (snapshot: SupervisorSnapshot) => void): () => void {
    return this.#publisher.subscribe(listener)
  }

  onFact(listener: (fact: TaskFact) => void): () => void {
    return this.#publisher.onFact(listener)
  }

  snapshotOf(id: string): TaskSnapshot | undefined {
    return this.#task(id)?.snapshot
  }

  subscribeTo(id: string, listener: (snapshot: TaskSnapshot) => void): () => void {
    checkListener(listener)
    const task = this.#task(id)
    if (task === undefined) return () => {}
    const unsubscribe = task.subscribe(listener)
    const unfollow = this.#roster.follow(task, id)
    return () => {
      unsubscribe()
      unfollow()
    }
  }

  onEventOf(id: string, name: string, listener: (data: unknown) => void | Promise<void>): () => void {
    checkListener(listener)
    return this.#task(id)?.on(name, listener) ?? (() => {})
  }

  outcomeOf(id: string): Promise<Outcome<unknown>> {
    return this.#outcomes.of(id, this.#task(id))
  }

  #task(id: string): Task | undefined {
    return typeof id === "string" ? this.#roster.get(id) : undefined
  }
}
