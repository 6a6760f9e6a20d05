import type { Outcome } from "../../../machines/task/outcome.ts"
import type { TaskKey, TaskSnapshot } from "../../../machines/task/snapshot.ts"
import { checkListener } from "../../../runtime/task/check-listener.ts"
import type { ChildHandle, TaskHandle } from "../../../runtime/task/handle.ts"
import type { CancelReceipt } from "../../../runtime/task/receipt.ts"

/** A child task as the callbacks of its options get it in a worker: as it was when it called back. Its actor is not here. */
export class ToldTask implements TaskHandle {
  readonly snapshot: TaskSnapshot
  readonly #child: ChildHandle
  readonly #place: string

  constructor(snapshot: TaskSnapshot, child: ChildHandle, place: string) {
    this.snapshot = snapshot
    this.#child = child
    this.#place = place
  }

  get id(): string {
    return this.snapshot.id
  }

  get key(): TaskKey {
    return this.snapshot.key
  }

  get actor(): never {
    throw this.#isElsewhere("give the actor of")
  }

  get pipeline(): never {
    throw this.#isElsewhere("give the machine of")
  }

  subscribe(listener: (snapshot: TaskSnapshot) => void): () => void {
    checkListener(listener)
    if (this.snapshot.outcome !== undefined) return () => {}
    throw this.#isElsewhere("subscribe to")
  }

  result(options?: Parameters<ChildHandle["result"]>[0]): Promise<unknown> {
    return this.#child.result(options)
  }

  outcome(): Promise<Outcome<unknown>> {
    return this.#child.outcome()
  }

  /** It has been told of, and what is told has been kept. */
  persisted(): Promise<void> {
    return Promise.resolve()
  }

  cancel(reason?: string): Promise<CancelReceipt> {
    return this.#child.cancel(reason)
  }

  on(name: string, listener: (data: never) => void | Promise<void>): () => void {
    return this.#child.on(name, listener as (data: unknown) => void | Promise<void>)
  }

  #isElsewhere(what: string): TypeError {
    return new TypeError(
      `Cannot ${what} child task ${this.id} in ${this.#place}: its actor is at the supervisor's; use its snapshot, outcome() or on()`,
    )
  }
}
