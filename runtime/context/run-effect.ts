import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import { type Effect, runForkWith } from "effect/Effect"
import * as Exit from "effect/Exit"
import { type BodyEnd, threw } from "./run-body.ts"

/** Runs a body's Effect in a fiber of its own. An abort interrupts it; its finalizers are waited for. */
export function runEffect(
  effect: Effect<unknown, unknown>,
  onAbort: (interrupt: () => void) => void,
  services: Context.Context<never> = Context.empty(),
): Promise<BodyEnd> {
  return new Promise((resolve) => {
    const fiber = runForkWith(services)(effect)
    fiber.addObserver((exit) => {
      resolve(Exit.isSuccess(exit) ? { type: "returned", value: exit.value } : threw(Cause.squash(exit.cause)))
    })
    onAbort(() => fiber.interruptUnsafe())
  })
}
