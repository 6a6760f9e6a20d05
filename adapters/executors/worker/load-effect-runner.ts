import type { EffectRunner } from "../../../runtime/context/run-body.ts"

/** Effect is most of what a worker would have to load, and few bodies return one. */
export const loadEffectRunner: EffectRunner = async (effect, onAbort) => {
  const { runEffect } = await import("../../../runtime/context/run-effect.ts")
  return runEffect(effect, onAbort)
}
