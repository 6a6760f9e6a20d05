import type { AnyTaskDefinition } from "../../../runtime/definition/definition.ts"
import type { CloneCheck } from "../../../runtime/failure/codec/unserializable-path.ts"
import type { FromWorker } from "./envelopes.ts"

/** What a worker host needs of its platform. */
export interface WorkerChannel {
  /** Where bodies run, for messages to people: "a thread". */
  readonly place: string
  /** Throws for a batch that cannot be cloned, and has then sent none of it. */
  post(batch: readonly FromWorker[], transfer: readonly Transferable[]): void
  /**
   * Present where each post costs a call to the system: as `post`, for what is to be taken as it is now and may wait for the next post.
   */
  readonly hold?: (batch: readonly FromWorker[]) => void
  /** Throws for a value that cannot cross. */
  readonly clone: CloneCheck
  /** Imports a module by its address, TypeScript included where the platform can. */
  import(module: string): Promise<Readonly<Record<string, unknown>>>
  /** A definition that is here already, by whatever way: bundlers leave neither addresses nor exports as they were. */
  readonly find?: (name: string, module: string) => AnyTaskDefinition | undefined
  /** Told of each progress, where the pool has no way to look for itself while a body computes. */
  readonly progressed?: ((slot: number, ticket: number, fraction: number) => void) | undefined
  /**
   * Present where the pool reads the slot table: a body that is expected to be short then begins and ends there, without a
   * message. `later` calls back in a later turn of the event loop.
   */
  readonly quiet?: { readonly later: (callback: () => void) => void }
  /** Bytes in use; absent where the pool did not ask to be told. */
  readonly memory?: (() => number) | undefined
  /** Ends the worker: nothing is in hand. */
  exit(code: number): void
}
