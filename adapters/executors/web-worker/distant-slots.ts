import type { WorkerListener } from "../pool/transport.ts"
import { type FromWorker, fromWorker } from "../worker/envelopes.ts"
import type { SlotLine } from "./slot-line.ts"
import type { SlotWord, WordToWorker } from "./words.ts"

/** A worker that is ready answers within a turn of its event loop. One that takes longer than this computes, and for nobody. */
const patienceMs = 1000

/** In a page that is not isolated: the table is the worker's alone, which is asked, and answers when it comes to it. */
export class DistantSlots implements SlotLine {
  readonly table = undefined
  readonly #say: (word: WordToWorker) => void
  readonly #listener: WorkerListener
  readonly #stuck: () => void
  /** For each attempt to be taken back, by ticket: when the worker is given up for want of an answer. */
  readonly #patience = new Map<number, ReturnType<typeof setTimeout>>()
  /** One question at a time: a body that does not yield would find a heap of them at its end. */
  #sampling = false

  /** @param stuck The worker neither begins an attempt nor gives it back: it must be ended by force. */
  constructor(say: (word: WordToWorker) => void, listener: WorkerListener, stuck: () => void) {
    this.#say = say
    this.#listener = listener
    this.#stuck = stuck
  }

  revoke(slot: number, ticket: number): void {
    this.#say({ type: "revoke", slot, ticket })
    this.#patience.set(ticket, setTimeout(this.#stuck, patienceMs))
  }

  abort(slot: number, ticket: number): void {
    this.#say({ type: "abort", slot, ticket })
  }

  sample(slot: number, ticket: number): void {
    if (this.#sampling) return
    this.#sampling = true
    this.#say({ type: "sample", slot, ticket })
  }

  hear(word: SlotWord): void {
    if (word.type === "revoked") {
      clearTimeout(this.#patience.get(word.ticket))
      this.#patience.delete(word.ticket)
      this.#listener.revoked(word.slot, word.ticket, word.won)
    } else {
      if (word.type === "sampled") this.#sampling = false
      this.#listener.progress(word.slot, word.ticket, word.fraction)
    }
  }

  /** A body that has begun need not answer: it may compute as long as it likes, and is known to be running. */
  overhear(batch: readonly FromWorker[]): void {
    if (this.#patience.size > 0 && batch.some(([kind]) => kind === fromWorker.started)) this.close()
  }

  close(): void {
    for (const timer of this.#patience.values()) clearTimeout(timer)
    this.#patience.clear()
  }
}
