/** How many attempts there are of each rank. Nearly always all are of the same one. */
export class RankCount {
  /** By falling rank; none of them is empty. */
  readonly #ranks: { readonly rank: number; count: number }[] = []

  get highest(): number {
    return this.#ranks[0]?.rank ?? Number.NEGATIVE_INFINITY
  }

  get lowest(): number {
    return this.#ranks.at(-1)?.rank ?? Number.POSITIVE_INFINITY
  }

  add(rank: number): void {
    const ranks = this.#ranks
    const top = ranks[0]
    if (top?.rank === rank) {
      top.count++
      return
    }
    let index = 0
    for (let one = ranks[0]; one !== undefined && one.rank >= rank; one = ranks[++index]) {
      if (one.rank !== rank) continue
      one.count++
      return
    }
    ranks.splice(index, 0, { rank, count: 1 })
  }

  remove(rank: number): void {
    const ranks = this.#ranks
    const top = ranks[0]
    if (top?.rank === rank && top.count > 1) {
      top.count--
      return
    }
    const index = ranks.findIndex((one) => one.rank === rank)
    const one = ranks[index]
    if (one !== undefined && --one.count === 0) ranks.splice(index, 1)
  }

  /** How many are of a lower rank than this one. */
  below(rank: number): number {
    let sum = 0
    for (const one of this.#ranks) if (one.rank < rank) sum += one.count
    return sum
  }
}
