/** The definitions that tasktor's workers find here. */
import { defineTask, transfer } from "tasktor"
import type { TaskContext } from "tasktor"
import type { Held } from "./bodies.ts"
import * as bodies from "./bodies.ts"

const module = import.meta.url

export const noop = defineTask({ name: "noop", module, run: (_ctx, _nothing?: number) => bodies.noop() })

export const hold = defineTask({ name: "hold", module, run: (_ctx, ms?: number): Held => bodies.hold(ms) })

export const spin = defineTask({ name: "spin", module, run: (_ctx, turns?: number) => bodies.spin(turns) })

export const echo = defineTask({ name: "echo", module, run: (_ctx, data: ArrayBuffer) => transfer(data) })

/** Turns for ever; looks at the cancel flag on every turn. */
export const cooperative = defineTask({ name: "cooperative", module, run: turnUntilCancelled })

function turnUntilCancelled(ctx: TaskContext): void {
  while (!ctx.isCancelled()) bodies.spin(100)
}

/** What one `setProgress` costs in a loop of so many, in nanoseconds, the loop itself not counted. */
export const progressCost = defineTask({ name: "progressCost", module, run: progressNanoseconds })

function progressNanoseconds(ctx: TaskContext, calls: number): number {
  ctx.setTotal(calls)
  const start = performance.now()
  for (let call = 0; call < calls; call += 1) ctx.setProgress(call)
  const full = performance.now() - start
  return ((full - emptyLoop(calls)) * 1e6) / calls
}

function emptyLoop(turns: number): number {
  let last = 0
  const start = performance.now()
  for (let turn = 0; turn < turns; turn += 1) last = turn
  return performance.now() - start + (last < 0 ? 1 : 0)
}

/**
 * Sets its progress without a pause, or so many times in each 5 ms, until it is cancelled; but not before the gate is open: a hundred that
 * compute would let no other one start.
 */
export const progressFlood = defineTask({ name: "progressFlood", module, run: flood })

function flood(ctx: TaskContext, gate: Int32Array, burst: number | undefined): void {
  const asleep = new Int32Array(new SharedArrayBuffer(4))
  ctx.setTotal(1e12)
  Atomics.wait(gate, 0, 0)
  for (let call = 0; !ctx.isCancelled(); call += 1) {
    ctx.setProgress(call * 1000)
    if (burst !== undefined && call % burst === 0) Atomics.wait(asleep, 0, 0, 5)
  }
}
