/**
 * How many workers may die before they are ready, in how long, before their pool gives up.
 * Source: restart intensity of Erlang/OTP's supervisors, https://www.erlang.org/doc/system/sup_princ.html
 */
export interface RestartIntensity {
  readonly limit: number
  readonly withinMs: number
}

/** The instants (on a monotonic scale, in milliseconds) of the early deaths that still count, oldest first. */
export type EarlyDeaths = readonly number[]

/** A worker died at `at` before it was ready: the deaths that count from now on. */
export function noteEarlyDeath(deaths: EarlyDeaths, at: number, { withinMs }: RestartIntensity): EarlyDeaths {
  return [...deaths.filter((earlier) => at - earlier < withinMs), at]
}

/** True when there were more deaths than `limit` restarts make up for: another worker would die as well. */
export function isIntensityExceeded(deaths: EarlyDeaths, { limit }: RestartIntensity): boolean {
  return deaths.length > limit
}
