import type { PooledAttempt } from "./pooled-attempt.ts"

/** Attempts that no worker has yet, first come, first served; what is taken back from a worker comes before the rest. */
export class WaitingLine {
  #items: (PooledAttempt | undefined)[] = []
  #head = 0
  /** What was taken back, the oldest one last. */
  readonly #returned: PooledAttempt[] = []

  get isEmpty(): boolean {
    return this.first === undefined
  }

  /** The first one that still waits. Those that were cancelled meanwhile leave here. */
  get first(): PooledAttempt | undefined {
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

  /** At most how many wait. */
  get length(): number {
    return this.#returned.length + this.#items.length - this.#head
  }

  add(attempt: PooledAttempt): void {
    this.#items.push(attempt)
  }

  /** Back to the front; the order among those that come back is that of their tickets. */
  addFirst(attempt: PooledAttempt): void {
    this.#returned.push(attempt)
    this.#returned.sort((a, b) => b.serial - a.serial) // nearly in order already
  }

  shift(): PooledAttempt | undefined {
    const { first } = this
    if (first === undefined) return undefined
    if (first === this.#returned.at(-1)) this.#returned.pop()
    else this.#dropHead()
    return first
  }

  /** Takes all of them. */
  clear(): readonly PooledAttempt[] {
    const all: PooledAttempt[] = []
    for (let next = this.shift(); next !== undefined; next = this.shift()) all.push(next)
    return all
  }

  #dropHead(): void {
    this.#items[this.#head++] = undefined
    if (this.#head < 1024 && this.#head < this.#items.length) return
    this.#items = this.#items.slice(this.#head)
    this.#head = 0
  }
}
