import type { Effect } from "effect/Effect"
import type { AnyTaskDefinition } from "../definition/definition.ts"
import { BodyScope, createContext } from "./create-context.ts"
import type { BodyInfo, BodyLink } from "./link.ts"
import { RetryRequest } from "./retry-request.ts"

/** How a body ended, before anyone judges it. */
export type BodyEnd =
  | { readonly type: "returned"; readonly value: unknown }
  | { readonly type: "threw"; readonly error: unknown; readonly retry?: { readonly afterMs: number | undefined } }

/** Runs an Effect for its exit; `onAbort` interrupts it. The executor of each platform brings it, so that workers load Effect only when a body returns one. */
export type EffectRunner = (effect: Effect<unknown, unknown>, onAbort: (interrupt: () => void) => void) => Promise<BodyEnd>

/**
 * Runs a body once, in whatever place it was brought to: plain, async or Effect. Gives its end at once when the body was
 * synchronous and left nothing to wait for. Never throws and never rejects.
 */
export function runBody(
  body: AnyTaskDefinition["body"],
  info: BodyInfo,
  link: BodyLink,
  args: readonly unknown[],
  runEffect: EffectRunner = loadEffectRunner,
): BodyEnd | Promise<BodyEnd> {
  const scope = new BodyScope(info, link)
  let value: unknown
  try {
    value = (body as (ctx: unknown, ...args: readonly unknown[]) => unknown)(createContext(scope), ...args)
  } catch (error) {
    return finish(scope, threw(error))
  }
  if (isEffect(value)) return runEffect(value, (interrupt) => link.onAbort(interrupt)).then((end) => finish(scope, end))
  if (isPromiseLike(value)) {
    return value.then(
      (result) => finish(scope, { type: "returned", value: result }),
      (error: unknown) => finish(scope, threw(error)),
    ) as Promise<BodyEnd>
  }
  return finish(scope, { type: "returned", value })
}

/** The end of a body that threw `error`. */
export function threw(error: unknown): BodyEnd {
  return error instanceof RetryRequest
    ? { type: "threw", error: error.error, retry: { afterMs: error.afterMs } }
    : { type: "threw", error }
}

/** An aborted body's cleanups run before its end is known. */
function finish(scope: BodyScope, end: BodyEnd): BodyEnd | Promise<BodyEnd> {
  const cleaning = scope.link.isAborted() ? scope.cleanUp() : undefined
  if (cleaning !== undefined) {
    return cleaning.then(() => {
      scope.close()
      return end
    })
  }
  scope.close()
  return end
}

/** By the marker that Effect 4 puts on its effects, so that nobody loads Effect to find out. */
function isEffect(value: unknown): value is Effect<unknown, unknown> {
  return typeof value === "object" && value !== null && "~effect/Effect" in value
}

function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function"
}

const loadEffectRunner: EffectRunner = async (effect, onAbort) => {
  const { runEffect } = await import("./run-effect.ts")
  return runEffect(effect, onAbort)
}
