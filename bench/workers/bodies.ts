/** What workers do in the comparisons: the same functions for every library. piscina and tinypool load this file itself. */
import { threadId } from "node:worker_threads"
import { machineNow } from "./clock.ts"

export function noop(): void {}

/** When a body ran, and where. */
export interface Held {
  readonly worker: number
  readonly start: number
  readonly end: number
}

const never = new Int32Array(new SharedArrayBuffer(4))

/** Occupies its worker for so many milliseconds without using a core. */
export function hold(milliseconds?: number): Held {
  const start = machineNow()
  Atomics.wait(never, 0, 0, milliseconds)
  return { worker: threadId, start, end: machineNow() }
}

/**
 * Uses a core for so many turns of a loop that cannot be optimised away. In stretches, because a long loop that is entered but once is
 * compiled for the one call that it is in, well or badly, and stays so: some workers then needed three times as long.
 */
export function spin(turns = 0): number {
  let state = 1
  for (let left = turns; left > 0; left -= stretch) state = spun(state, Math.min(left, stretch))
  return state
}

const stretch = 1000

/** Source of the step: G. Marsaglia, "Xorshift RNGs", 2003. */
function spun(start: number, turns: number): number {
  let state = start
  for (let turn = 0; turn < turns; turn += 1) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
  }
  return state
}

export type BodyName = "noop" | "hold" | "spin"
