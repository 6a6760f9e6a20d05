import type { Samples } from "./alternate.ts"
import type { Target } from "./benchmark.ts"
import { median } from "./statistics.ts"
import { figure } from "./table.ts"

/** The promise that a value stays at or below a limit. No target at all when the value was not measured. */
export function atMost(promise: string, value: number, limit: number, unit: string): Target[] {
  return Number.isNaN(value) ? [] : [{ promise, measured: `${figure(value)} ${unit}`, met: value <= limit }]
}

/** The promise that a value reaches a limit. No target at all when the value was not measured. */
export function atLeast(promise: string, value: number, limit: number, unit: string): Target[] {
  return Number.isNaN(value) ? [] : [{ promise, measured: `${figure(value)} ${unit}`, met: value >= limit }]
}

/** The promise to be `factor` times as fast as the fastest of the rivals, by their medians. */
export function timesFaster(
  samples: Samples<number>,
  own: string,
  factor: number,
  of: string,
  rivals: readonly string[],
): Target[] {
  const best = fastest(samples, rivals)
  if (best === undefined) return []
  const factorReached = median(samples.get(best) ?? []) / median(samples.get(own) ?? [])
  return atLeast(`${figure(factor)} × as fast as ${of}`, factorReached, factor, `× (${best})`)
}

function fastest(samples: Samples<number>, names: readonly string[]): string | undefined {
  const time = (name: string): number => median(samples.get(name) ?? [])
  const measured = names.filter((name) => !Number.isNaN(time(name)))
  return measured.toSorted((a, b) => time(a) - time(b))[0]
}

/** Two medians that differ by less are the same: the noise of a quiet machine. */
const noise = 1.05

/** The promise not to be slower than the fastest of the rivals, noise aside. */
export function noSlower(samples: Samples<number>, own: string, what: string, rivals: readonly string[]): Target[] {
  const best = fastest(samples, rivals)
  if (best === undefined) return []
  const times = median(samples.get(own) ?? []) / median(samples.get(best) ?? [])
  return atMost(`${what} no slower than the best of the others (${noise} × is noise)`, times, noise, `× (${best})`)
}
