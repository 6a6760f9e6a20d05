import type { WorkerListener } from "../pool/transport.ts"
import { SlotTable } from "../worker/slot-table.ts"
import type { SlotLine } from "./slot-line.ts"

/** In a page that is cross-origin isolated: the table is in memory that both sides share, as a thread's is. */
export class SharedSlots implements SlotLine {
  readonly table: SlotTable
  readonly #listener: WorkerListener

  constructor(buffer: SharedArrayBuffer, listener: WorkerListener) {
    this.table = new SlotTable(buffer)
    this.#listener = listener
  }

  revoke(slot: number, ticket: number): void {
    this.#listener.revoked(slot, ticket, this.table.revoke(slot, ticket))
  }

  abort(slot: number, ticket: number): void {
    this.table.abort(slot, ticket)
  }

  sample(slot: number, ticket: number): void {
    this.#listener.progress(slot, ticket, this.table.progress[slot] ?? 0)
  }

  hear(): void {}

  overhear(): void {}

  close(): void {}
}
