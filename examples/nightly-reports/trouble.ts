/** What becomes of a request: an answer, an error, no answer ever, or half of one. */
export type Trouble = "none" | "unavailable" | "silence" | "cut"

/** Decides for each request, by its path. */
export type TroubleMaker = (path: string) => Trouble

const troubles: readonly Trouble[] = ["unavailable", "silence", "cut"]

/** Spoils that share of the requests, always the same ones for the same seed. */
export function seededTrouble(seed: number, share: number): TroubleMaker {
  const random = mulberry32(seed)
  return () => {
    const chance = random()
    return chance < share ? (troubles[Math.floor((chance / share) * troubles.length)] ?? "none") : "none"
  }
}

/** Source: T. Ettinger, "Mulberry32", 2017. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
