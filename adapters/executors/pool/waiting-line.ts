import type { PooledAttempt } from "./pooled-attempt.ts"

/** Attempts of one rank, first come, first served; what is taken back from a worker comes before the rest. */
class Rank {
  readonly rank: number
  #items: (PooledAttempt | undefined)[] = []
  #head = 0
  /** What was taken back, the oldest one last. */
  readonly #returned: PooledAttempt[] = []
  #inOrder = true

  constructor(rank: number) {
    this.rank = rank
  }

  /** The first one that still waits. Those that were cancelled meanwhile leave here. */
  get first(): PooledAttempt | undefined {
    this.#sort()
    for (let last = this.#returned.at(-1); last !== undefined; last = this.#returned.at(-1)) {
      if (last.state === "waiting") return last
      this.#returned.pop()
    }
    while (this.#head < this.#items.length) {
      const item = this.#items[this.#head]
      if (item?.state === "waiting") return item
      this.#dropHead()
    }
    return undefined
  }

  get length(): number {
    return this.#returned.length + this.#items.length - this.#head
  }

  add(attempt: PooledAttempt): void {
    this.#items.push(attempt)
  }

  addFirst(attempt: PooledAttempt): void {
    this.#returned.push(attempt)
    this.#inOrder = false
  }

  drop(first: PooledAttempt): void {
    if (first === this.#returned.at(-1)) this.#returned.pop()
    else this.#dropHead()
  }

  /** Not before somebody looks: many come back at a time. */
  #sort(): void {
    if (this.#inOrder) return
    this.#inOrder = true
    this.#returned.sort((a, b) => b.serial - a.serial)
  }

  #dropHead(): void {
    this.#items[this.#head++] = undefined
    if (this.#head < 1024 && this.#head < this.#items.length) return
    this.#items = this.#items.slice(this.#head)
    this.#head = 0
  }
}

/** Attempts that no worker has: higher rank first, first come, first served among equals. */
export class WaitingLine {
  /** By falling rank. Those above the last one are not empty for long. */
  readonly #ranks: Rank[] = []

  get isEmpty(): boolean {
    return this.first === undefined
  }

  get first(): PooledAttempt | undefined {
    for (let top = this.#ranks[0]; top !== undefined; top = this.#ranks[0]) {
      const { first } = top
      if (first !== undefined || this.#ranks.length === 1) return first
      this.#ranks.shift()
    }
    return undefined
  }

  /** At most how many wait. */
  get length(): number {
    return this.below(Number.POSITIVE_INFINITY)
  }

  /** At most how many wait that are of a lower rank than this one. */
  below(rank: number): number {
    let sum = 0
    for (const one of this.#ranks) if (one.rank < rank) sum += one.length
    return sum
  }

  add(attempt: PooledAttempt): void {
    this.#of(attempt.rank).add(attempt)
  }

  /** What was taken back, to its old place among its equals. */
  addFirst(attempt: PooledAttempt): void {
    this.#of(attempt.rank).addFirst(attempt)
  }

  /** The first one leaves. */
  drop(first: PooledAttempt): void {
    this.#ranks[0]?.drop(first)
  }

  /** Takes all of them. */
  clear(): readonly PooledAttempt[] {
    const all: PooledAttempt[] = []
    for (let { first } = this; first !== undefined; first = this.first) {
      all.push(first)
      this.drop(first)
    }
    return all
  }

  #of(rank: number): Rank {
    const ranks = this.#ranks
    let index = 0
    for (let one = ranks[0]; one !== undefined && one.rank >= rank; one = ranks[++index]) {
      if (one.rank === rank) return one
    }
    const one = new Rank(rank)
    ranks.splice(index, 0, one)
    return one
  }
}
