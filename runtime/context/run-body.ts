import type { Effect } from "effect/Effect"
import { batchOf } from "../definition/batch.ts"
import type { AnyTaskDefinition } from "../definition/definition.ts"
import { isOf } from "../failure/codec/as-error.ts"
import { BodyScope, createContext } from "./create-context.ts"
import { isEffect } from "./is-effect.ts"
import type { BodyInfo, BodyLink } from "./link.ts"
import { RetryRequest } from "./retry-request.ts"
import { runBatch } from "./run-batch.ts"

/** How a body ended, before anyone judges it. */
export type BodyEnd =
  | { readonly type: "returned"; readonly value: unknown }
  | { readonly type: "threw"; readonly error: unknown; readonly retry?: { readonly afterMs: number | undefined } }

/** Runs an Effect for its exit; `onAbort` interrupts it. Each executor brings its own: workers load Effect only when a body returns one. */
export type EffectRunner = (
  effect: Effect<unknown, unknown>,
  onAbort: (interrupt: () => void) => void,
) => Promise<BodyEnd>

/**
 * Runs a body once, in whatever place it was brought to: plain, async or Effect. Calls `done` with its end, at once when the body was
 * synchronous and left nothing to wait for. Never throws.
 */
export function startBody(
  body: AnyTaskDefinition["body"],
  info: BodyInfo,
  link: BodyLink,
  args: readonly unknown[],
  done: (end: BodyEnd) => void,
  runEffect: EffectRunner,
): void {
  const scope = new BodyScope(info, link)
  let value: unknown
  let promise: PromiseLike<unknown> | undefined
  let effect: Effect<unknown, unknown> | undefined
  try {
    const batch = batchOf(args)
    value =
      batch === undefined
        ? (body as (ctx: unknown, ...args: readonly unknown[]) => unknown)(createContext(scope), ...args)
        : runBatch(body, scope, batch, runEffect)
    // Within: what a body returns may throw when it is looked at.
    if (isPromiseLike(value)) promise = value
    else if (isEffect(value)) effect = value
  } catch (error) {
    return finish(scope, threw(error), done)
  }
  if (promise !== undefined) {
    Promise.resolve(promise).then(
      (result) => finish(scope, { type: "returned", value: result }, done),
      (error: unknown) => finish(scope, threw(error), done),
    )
  } else if (effect !== undefined) {
    void runEffect(effect, (interrupt) => link.onAbort(interrupt)).then((end) => finish(scope, end, done))
  } else finish(scope, { type: "returned", value }, done)
}

/** `startBody` whose end is a value when it is known at once, and a promise that never rejects otherwise. */
export function runBody(
  body: AnyTaskDefinition["body"],
  info: BodyInfo,
  link: BodyLink,
  args: readonly unknown[],
  runEffect: EffectRunner,
): BodyEnd | Promise<BodyEnd> {
  let known: BodyEnd | undefined
  let tell: ((end: BodyEnd) => void) | undefined
  startBody(body, info, link, args, (end) => (tell === undefined ? (known = end) : tell(end)), runEffect)
  return known ?? new Promise((resolve) => (tell = resolve))
}

/** The end of a body that threw `error`. */
export function threw(error: unknown): BodyEnd {
  return isOf(RetryRequest, error)
    ? { type: "threw", error: error.error, retry: { afterMs: error.afterMs } }
    : { type: "threw", error }
}

/** An aborted body's cleanups run before its end is known. */
function finish(scope: BodyScope, end: BodyEnd, done: (end: BodyEnd) => void): void {
  const cleaning = scope.link.isAborted() ? scope.cleanUp() : undefined
  if (cleaning === undefined) {
    scope.isOver = true
    done(end)
  } else {
    void cleaning.then(() => {
      scope.isOver = true
      done(end)
    })
  }
}

function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function"
}
