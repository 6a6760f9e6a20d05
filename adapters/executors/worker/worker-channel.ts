import type { CloneCheck } from "../../../runtime/failure/codec/unserializable-path.ts"
import type { FromWorker } from "./envelopes.ts"

/** What a worker host needs of its platform. */
export interface WorkerChannel {
  /** Where bodies run, for messages to people: "a thread". */
  readonly place: string
  /** Throws for a batch that cannot be cloned, and has then sent none of it. */
  post(batch: readonly FromWorker[], transfer: readonly Transferable[]): void
  /** Throws for a value that cannot cross. */
  readonly clone: CloneCheck
  /** Imports a module by its address, TypeScript included where the platform can. */
  import(module: string): Promise<Readonly<Record<string, unknown>>>
  /** Bytes in use; absent where the pool did not ask to be told. */
  readonly memory?: (() => number) | undefined
  /** Ends the worker: nothing is in hand. */
  exit(code: number): void
}
