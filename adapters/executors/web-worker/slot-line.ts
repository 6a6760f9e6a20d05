import type { FromWorker } from "../worker/envelopes.ts"
import type { SlotTable } from "../worker/slot-table.ts"
import type { SlotWord } from "./words.ts"

/** A page's end of the slot table of one of its workers. */
export interface SlotLine {
  /** The table itself, where both sides see the same memory. */
  readonly table: SlotTable | undefined
  revoke(slot: number, ticket: number): void
  abort(slot: number, ticket: number): void
  sample(slot: number, ticket: number): void
  /** What the worker says of its slots. */
  hear(word: SlotWord): void
  /** What it says of its bodies passes by here. */
  overhear(batch: readonly FromWorker[]): void
  close(): void
}
