import type { Effect } from "effect/Effect"
import type { AnyTaskDefinition } from "../definition/definition.ts"
import { type BodyScope, createContext } from "./create-context.ts"
import { isEffect } from "./is-effect.ts"
import { RetryRequest } from "./retry-request.ts"
import type { EffectRunner } from "./run-body.ts"

/** Runs a body for one list of arguments after another, each in its share of the progress. The first failure is the end of all. */
export async function runBatch(
  body: AnyTaskDefinition["body"],
  scope: BodyScope,
  lists: readonly (readonly unknown[])[],
  runEffect: EffectRunner,
): Promise<readonly unknown[]> {
  const ctx = createContext(scope)
  const outputs: unknown[] = []
  const range = 1 / lists.length
  for (const [index, args] of lists.entries()) {
    ctx.throwIfCancelled()
    const part = ctx.subContext({ base: index * range, range })
    const value: unknown = await (body as (ctx: unknown, ...args: readonly unknown[]) => unknown)(part, ...args)
    outputs.push(isEffect(value) ? await valueOf(value, scope, runEffect) : value)
    part.setProgress(1)
  }
  return outputs
}

async function valueOf(effect: Effect<unknown, unknown>, { link }: BodyScope, run: EffectRunner): Promise<unknown> {
  const end = await run(effect, (interrupt) => link.onAbort(interrupt))
  if (end.type === "returned") return end.value
  throw end.retry === undefined ? end.error : new RetryRequest(end.retry.afterMs, end.error)
}
