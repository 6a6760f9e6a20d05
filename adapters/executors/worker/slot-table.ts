/**
 * What a pool and one of its workers share without messages: for each slot, who has the attempt in it, whether it is aborted,
 * and how far it has come. In shared memory both sides see each other's words even while the worker's thread computes.
 *
 * An attempt in hand is known by its slot and its ticket; tickets only grow, so what is said of an old one never touches the
 * next one in its slot. One word decides between the two sides: the worker claims it when it begins the body, the pool revokes
 * it to take the attempt back; whoever is first has it. Neither needs to know whether the other has heard of the attempt yet.
 */
export class SlotTable {
  /** Attempts that one worker can have in hand. */
  static readonly size = 128
  static readonly byteLength = SlotTable.size * (4 + 4 + 8)

  /** How far the body in each slot has come, 0..1. Eight aligned bytes are written in one piece by every engine. */
  readonly progress: Float64Array
  readonly #claims: Int32Array
  readonly #aborts: Int32Array

  constructor(buffer: ArrayBufferLike) {
    this.progress = new Float64Array(buffer, 0, SlotTable.size)
    this.#claims = new Int32Array(buffer, SlotTable.size * 8, SlotTable.size)
    this.#aborts = new Int32Array(buffer, SlotTable.size * 12, SlotTable.size)
  }

  /** The worker's: true when the body may begin. */
  claim(slot: number, ticket: number): boolean {
    const seen = Atomics.load(this.#claims, slot)
    if (seen === revoked(ticket)) return false
    return Atomics.compareExchange(this.#claims, slot, seen, claimed(ticket)) === seen
  }

  /** The pool's: true when the body will never begin. */
  revoke(slot: number, ticket: number): boolean {
    const seen = Atomics.load(this.#claims, slot)
    // A later ticket's word: the attempt in question has ended, and its slot has gone to another one.
    if (seen === claimed(ticket) || isLater(seen >> 1, ticket)) return false
    return Atomics.compareExchange(this.#claims, slot, seen, revoked(ticket)) === seen
  }

  abort(slot: number, ticket: number): void {
    Atomics.store(this.#aborts, slot, ticket)
  }

  isAborted(slot: number, ticket: number): boolean {
    return Atomics.load(this.#aborts, slot) === ticket
  }
}

/** Tickets stay below 2^30, so that a word has room for the bit that says who has it. */
export function nextTicket(ticket: number): number {
  return ticket >= 2 ** 30 - 1 ? 1 : ticket + 1
}

/** Across the wrap as well: what is less than half a round ahead is later. */
function isLater(ticket: number, than: number): boolean {
  return ((ticket - than) << 2) >> 2 > 0
}

function claimed(ticket: number): number {
  return ticket << 1
}

function revoked(ticket: number): number {
  return (ticket << 1) | 1
}
