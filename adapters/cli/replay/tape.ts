import { Fold } from "../../../runtime/journal/fold.ts"
import type { LogEntry, StoreReader } from "../../../runtime/ports/store.ts"

/** How many positions are read at once, and how many such blocks are remembered. */
const block = 10_000
const mostBlocks = 8
/** So many entries lie between two folds that are kept, at least; where many tasks live, as many as live: a copy costs that. */
const apart = 1000

/**
 * The log of a store, for one who steps through it: what is at a position, and how all tasks were there. The fold is kept every so many
 * entries, so that going back costs no more than those.
 */
export class Tape {
  readonly #reader: StoreReader
  readonly #blocks = new Map<number, Block>()
  /** By their positions. */
  readonly #checkpoints: Fold[]
  #head: Fold
  #sinceCheckpoint = 0

  constructor(reader: StoreReader) {
    this.#reader = reader
    this.#checkpoints = [new Fold(reader)]
    this.#head = new Fold(reader)
  }

  /** The position of its last entry; it may be growing. */
  get last(): number {
    return this.#reader.last
  }

  /** All tasks after the entry at that position. The next call may change it. */
  foldAt(position: number): Fold {
    const checkpoint = this.#checkpoints.findLast((fold) => fold.position <= position)
    const canGoOn = this.#head.position <= position && this.#head.position >= (checkpoint?.position ?? 0)
    if (!canGoOn && checkpoint !== undefined) this.#head = checkpoint.copy()
    const fold = this.#head
    for (const entry of this.entries(fold.position, position)) {
      fold.apply(entry)
      this.#mark(fold)
    }
    return fold
  }

  /** The entry at that position, or else the last one before it. */
  entryAt(position: number): LogEntry | undefined {
    if (position < 1) return undefined
    const near = this.#blockOf(position).findLast((entry) => entry.position <= position)
    if (near !== undefined) return near
    // What has been forgotten may be any number of blocks: twice as many each time.
    let upTo = startOf(position)
    for (let size = block; upTo > 0; size *= 2) {
      const after = Math.max(0, upTo - size)
      const found = [...this.#reader.entries({ after, upTo })].at(-1)
      if (found !== undefined) return found
      upTo = after
    }
    return undefined
  }

  /** The first entry after a position. */
  entryAfter(position: number): LogEntry | undefined {
    if (position >= this.last) return undefined
    const near = this.#blockOf(position + 1).find((entry) => entry.position > position)
    if (near !== undefined) return near
    const [next] = this.#reader.entries({ after: startOf(position + 1) + block })
    return next
  }

  /** Those after a position, up to another one, which is included. */
  *entries(after: number, upTo: number): Generator<LogEntry> {
    if (upTo <= after) return
    if (upTo - after > 2 * block) return yield* this.#reader.entries({ after, upTo })
    for (let start = startOf(after + 1); start < upTo; start += block) {
      for (const entry of this.#blockOf(start + 1)) {
        if (entry.position > after && entry.position <= upTo) yield entry
      }
    }
  }

  #mark(fold: Fold): void {
    const latest = this.#checkpoints.at(-1)?.position ?? 0
    if (fold.position <= latest) return
    if (++this.#sinceCheckpoint < Math.max(apart, fold.size)) return
    this.#sinceCheckpoint = 0
    this.#checkpoints.push(fold.copy())
  }

  #blockOf(position: number): readonly LogEntry[] {
    const after = startOf(position)
    const { last } = this
    const known = this.#blocks.get(after)
    if (known !== undefined && (known.last >= after + block || known.last === last)) return known.entries
    const entries = [...this.#reader.entries({ after, upTo: after + block })]
    const [oldest] = this.#blocks.keys()
    if (this.#blocks.size >= mostBlocks && oldest !== undefined) this.#blocks.delete(oldest)
    this.#blocks.set(after, { entries, last })
    return entries
  }
}

interface Block {
  readonly entries: readonly LogEntry[]
  /** The end of the log when it was read: more may have come since. */
  readonly last: number
}

/** The position before the first one of the block that has this position. */
function startOf(position: number): number {
  return Math.floor((position - 1) / block) * block
}
