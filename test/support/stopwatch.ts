import { readFileSync } from "node:fs"

/**
 * Measures real time as the scenarios state it: milliseconds since its making, less those in which programs of this machine waited for
 * a processor. A busy machine is not a fault of the code; on a quiet one nothing is taken off.
 */
export function stopwatch(): () => number {
  const began = performance.now()
  const waited = waitedMs()
  return () => performance.now() - began - (waitedMs() - waited)
}

/** Milliseconds in which some program of this machine waited for a processor, counted from its start. Source: Linux's pressure stall information, the sum in microseconds. Where there is none, nothing is taken off. */
export function waitedMs(): number {
  try {
    const [, total] = /^some .* total=(\d+)/m.exec(readFileSync("/proc/pressure/cpu", "utf8")) ?? []
    return Number(total ?? 0) / 1000
  } catch {
    return 0
  }
}
