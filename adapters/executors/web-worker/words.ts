import type { FromWorker, ToWorker } from "../worker/envelopes.ts"

/** What is said beside the batches, on the same port, so that it keeps its place among them. */
export type WordToWorker =
  /** Only where memory is not shared: the page asks for what it would otherwise read or write itself. */
  { readonly type: "abort" | "revoke" | "sample"; readonly slot: number; readonly ticket: number }

export type WordFromWorker =
  /** The first word; `locked` when it holds its life lock. */
  | { readonly type: "alive"; readonly locked: boolean }
  | SlotWord
  /** The last word. */
  | { readonly type: "exit"; readonly code: number }

/** Only where memory is not shared. */
export type SlotWord =
  /** Whether an attempt that was to be taken back will never begin. */
  | { readonly type: "revoked"; readonly slot: number; readonly ticket: number; readonly won: boolean }
  /** How far a body has come: asked for, or by itself. */
  | {
      readonly type: "sampled" | "progress"
      readonly slot: number
      readonly ticket: number
      readonly fraction: number
    }

/** A batch is an array, a word is none. */
export type SaidToWorker = readonly ToWorker[] | WordToWorker
export type SaidByWorker = readonly FromWorker[] | WordFromWorker
