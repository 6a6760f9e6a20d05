import { numberIn, smallKindOf, smallValue } from "./small-value.ts"

/**
 * What a pool and one of its workers share without messages: for each slot, who has the attempt in it, whether it is aborted,
 * how far it has come, and, for a short one, how it ended. In shared memory both sides see each other's words even while the
 * worker's thread computes, and the pool sees the last ones of a worker that has died.
 *
 * An attempt in hand is known by its slot and its ticket; tickets only grow, so what is said of an old one never touches the
 * next one in its slot. One word decides between the two sides: the worker claims it when it begins the body, the pool revokes
 * it to take the attempt back; whoever is first has it. Neither needs to know whether the other has heard of the attempt yet.
 */
export class SlotTable {
  /** Attempts that one worker can have in hand. */
  static readonly size = 128
  static readonly byteLength = SlotTable.size * (8 + 8 + 8 + 4 + 4 + 4)

  /** How far the body in each slot has come, 0..1. Eight aligned bytes are written in one piece by every engine. */
  readonly progress: Float64Array
  readonly #took: Float64Array
  readonly #numbers: Float64Array
  readonly #kinds: Int32Array
  readonly #claims: Int32Array
  readonly #aborts: Int32Array

  constructor(buffer: ArrayBufferLike) {
    const { size } = SlotTable
    this.progress = new Float64Array(buffer, 0, size)
    this.#took = new Float64Array(buffer, size * 8, size)
    this.#numbers = new Float64Array(buffer, size * 16, size)
    this.#kinds = new Int32Array(buffer, size * 24, size)
    this.#claims = new Int32Array(buffer, size * 28, size)
    this.#aborts = new Int32Array(buffer, size * 32, size)
  }

  /** The worker's: true when the body may begin. */
  claim(slot: number, ticket: number): boolean {
    for (;;) {
      const seen = Atomics.load(this.#claims, slot)
      // A later ticket's word: this one was taken back, and its slot has been given away since.
      if (seen === word(ticket, revoked) || isOfLater(seen, ticket)) return false
      if (Atomics.compareExchange(this.#claims, slot, seen, word(ticket, claimed)) === seen) return true
      // Taken back meanwhile: this one, or, too late, the slot's last one.
    }
  }

  /** The pool's: true when the body will never begin. */
  revoke(slot: number, ticket: number): boolean {
    const seen = Atomics.load(this.#claims, slot)
    // A later ticket's word: the attempt in question has ended, and its slot has gone to another one.
    if (hasBegun(seen, ticket) || isOfLater(seen, ticket)) return false
    return Atomics.compareExchange(this.#claims, slot, seen, word(ticket, revoked)) === seen
  }

  /** True when it has been taken back. */
  isRevoked(slot: number, ticket: number): boolean {
    const seen = Atomics.load(this.#claims, slot)
    return seen === word(ticket, revoked) || isOfLater(seen, ticket)
  }

  /** True from the claim on, also when its body has ended. */
  hasBegun(slot: number, ticket: number): boolean {
    return hasBegun(Atomics.load(this.#claims, slot), ticket)
  }

  /**
   * The worker's: the body has returned `value` after so many milliseconds. False for a value that does not fit in here: one
   * that is more than a number, a boolean or nothing.
   */
  end(slot: number, ticket: number, took: number, value: unknown): boolean {
    const kind = smallKindOf(value)
    if (kind === undefined) return false
    this.#kinds[slot] = kind
    this.#numbers[slot] = numberIn(value)
    this.#took[slot] = took
    Atomics.store(this.#claims, slot, word(ticket, ended))
    return true
  }

  /** True when the body has ended and its output lies here. */
  hasEnded(slot: number, ticket: number): boolean {
    return Atomics.load(this.#claims, slot) === word(ticket, ended)
  }

  took(slot: number): number {
    return this.#took[slot] ?? 0
  }

  value(slot: number): unknown {
    return smallValue(this.#kinds[slot] ?? 0, this.#numbers[slot] ?? 0)
  }

  abort(slot: number, ticket: number): void {
    Atomics.store(this.#aborts, slot, ticket)
  }

  isAborted(slot: number, ticket: number): boolean {
    return Atomics.load(this.#aborts, slot) === ticket
  }
}

// Two bits of a word say what is so; the others are the ticket.
const claimed = 0
const revoked = 1
const ended = 2

/** Tickets stay below 2^30, so that a word has room for the two bits. */
const tickets = 2 ** 30

export function nextTicket(ticket: number): number {
  return ticket + 1 === tickets ? 1 : ticket + 1
}

function word(ticket: number, state: number): number {
  return (ticket << 2) | state
}

function hasBegun(seen: number, ticket: number): boolean {
  return seen === word(ticket, claimed) || seen === word(ticket, ended)
}

/** Whether a word is that of a later ticket. Zero is no ticket's: nothing has been said of the slot yet. */
function isOfLater(seen: number, ticket: number): boolean {
  return seen !== 0 && isLater(seen >>> 2, ticket)
}

/** Across the wrap as well: what is less than half a round ahead is later. */
export function isLater(ticket: number, than: number): boolean {
  return ((ticket - than) << 2) >> 2 > 0
}
