import type { MessagePort } from "node:worker_threads"

/** What a thread is born with. */
export interface ThreadData {
  readonly port: MessagePort
  /** The bytes of its slot table. */
  readonly slots: SharedArrayBuffer
  /** Address of the set-up module. */
  readonly setup: string | undefined
  /** The program runs under tsx. */
  readonly tsx: boolean
  /** The pool recycles by memory. */
  readonly tellMemory: boolean
}
