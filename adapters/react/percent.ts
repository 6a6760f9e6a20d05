/** Whole percents, rounded down: 100 % is the end and nothing before it. A progress of 29/100 is 29 %, though 0.29 × 100 is a little less. */
export function percentOf(progress: number): number {
  return Math.floor(progress * 100 + 1e-9)
}
