import type { CloneCheck } from "../../../runtime/failure/codec/unserializable-path.ts"
import type { FromWorker, ToWorker } from "../worker/envelopes.ts"
import type { SlotTable } from "../worker/slot-table.ts"

/** What a pool needs of its platform: one kind of worker. */
export interface WorkerTransport {
  /** One of them, for messages to people: "a thread". */
  readonly place: string
  /** Throws for a value that cannot cross. */
  readonly clone: CloneCheck
  /** Whether buffers can move into its workers instead of being copied. */
  readonly canMove: boolean
  /** How much work, in milliseconds, a worker must have in hand so that it does not wait while the pool hears of its end. */
  readonly handOverMs: number
  /** Starts a worker. May throw. */
  spawn(listener: WorkerListener): WorkerLink
}

/** The pool's end of the line to one worker. */
export interface WorkerLink {
  /** Where both sides see the same memory: bodies then begin and end in there, if their worker keeps quiet about them. */
  readonly slots?: SlotTable | undefined
  /** Throws for a batch that cannot be cloned, and has then sent none of it. */
  post(batch: readonly ToWorker[], transfer: readonly Transferable[]): void
  /** Takes back an attempt that has not begun; `listener.revoked` tells whether that was so, perhaps at once. */
  revoke(slot: number, ticket: number): void
  /** Lets a body see its abort even while it computes. */
  abort(slot: number, ticket: number): void
  /** Asks how far a body has come; `listener.progress` tells, perhaps at once. */
  sample(slot: number, ticket: number): void
  /** Whether the program must stay alive for it. A worker is born held. */
  hold(held: boolean): void
  /** Ends it by force; `listener.exited` tells when it is gone. */
  terminate(): void
}

/** What a worker's line tells the pool. */
export interface WorkerListener {
  batch(envelopes: readonly FromWorker[]): void
  revoked(slot: number, ticket: number, won: boolean): void
  progress(slot: number, ticket: number, fraction: number): void
  /** A batch has come that cannot be read: values that are nested too deep for this side, for instance. Nobody knows what it said. */
  unreadable(error: unknown): void
  /** It is gone, and all that it had sent has been delivered. The last call. */
  exited(exit: WorkerExit): void
}

/** How a worker ended. */
export interface WorkerExit {
  readonly exitCode?: number
  readonly signal?: string
  readonly outOfMemory?: boolean
  /** Why it could not start, or what it threw where nobody caught it. */
  readonly error?: unknown
}
