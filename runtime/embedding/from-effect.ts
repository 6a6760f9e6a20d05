import * as Cause from "effect/Cause"
import { type Effect, runForkWith, suspend } from "effect/Effect"
import * as Exit from "effect/Exit"
import type { Fiber } from "effect/Fiber"
import type { ActorLogic, ActorRef, AnyActorRef, EventObject, NonReducibleUnknown, Snapshot } from "xstate"
import { effectServices } from "../clock/effect-clock.ts"
import { systemClock } from "../clock/system-clock.ts"
import type { Clock } from "../ports/clock.ts"

/** The snapshot of an actor that `fromEffect` makes. */
export type EffectSnapshot<Output> = Snapshot<Output> & { readonly input: unknown }

/** Actor logic that runs an Effect. */
export type EffectLogic<Output, Input, Emitted extends EventObject = EventObject> = ActorLogic<
  EffectSnapshot<Output>,
  EffectEvent,
  Input,
  AnyActorRef["system"],
  Emitted
>

/** How the Effect ended: what the actor tells itself. */
export interface EffectEvent {
  readonly type: "tasktor.exit"
  readonly exit: Exit.Exit<unknown, unknown>
}

/** What the Effect of an actor is made with. */
export interface EffectScope<Input, Emitted extends EventObject = EventObject> {
  readonly input: Input
  readonly self: ActorRef<EffectSnapshot<unknown>, EffectEvent, Emitted>
  readonly system: AnyActorRef["system"]
  /** For those who listen by `actor.on(type, …)`. */
  readonly emit: (event: Emitted) => void
}

/**
 * Actor logic that runs an Effect, for a machine of your own: `onDone` gets what it yields, `onError` its typed error as it is, or the
 * defect that it died of. Leaving the state interrupts its fiber: the finalizers run. XState does not wait for those that take time.
 *
 * No supervisor has a part in it: use it for what is no task of its own. A restored actor runs its Effect again.
 *
 * @param make Gives the Effect, which needs no services: `Effect.provide` them.
 * @param options `clock`: what the Effect's sleeps and schedules go by, as `simulatedClock()`. Default: the system's.
 * @example
 * import { Effect } from "effect"
 * import { setup } from "xstate"
 *
 * const lookUp = fromEffect(({ input }: { input: string }) => Effect.succeed(input.length).pipe(Effect.delay("1 second")))
 * const machine = setup({ actors: { lookUp } }).createMachine({
 *   initial: "looking",
 *   states: {
 *     looking: { invoke: { src: "lookUp", input: "name", onDone: "found", onError: "missing" } },
 *     found: {},
 *     missing: {},
 *   },
 * })
 */
export function fromEffect<Output, Input = NonReducibleUnknown, Emitted extends EventObject = EventObject>(
  make: (scope: EffectScope<Input, Emitted>) => Effect<Output, unknown>,
  options: { readonly clock?: Clock } = {},
): EffectLogic<Output, Input, Emitted> {
  if (typeof make !== "function") {
    throw new TypeError(
      `Cannot make an actor of an Effect: give a function that returns it, as in fromEffect(() => effect), current value is ${typeof make}`,
    )
  }
  const services = effectServices(options.clock ?? systemClock)
  return {
    config: make,

    getInitialSnapshot: (_scope, input) => ({ status: "active", output: undefined, error: undefined, input }),

    start: ({ status, input }, { self, system, emit }) => {
      if (status !== "active") return
      const scope = { input: input as Input, self, system, emit }
      const fiber = runForkWith(services)(suspend(() => make(scope)))
      fibers.set(self, fiber)
      fiber.addObserver((exit) => {
        // Deleted by the one who interrupted it: nobody waits for its exit any more.
        if (fibers.delete(self)) self.send({ type: "tasktor.exit", exit })
      })
    },

    transition: (snapshot, event, { self }) => {
      if (snapshot.status !== "active") return snapshot
      if (isStop(event)) {
        const fiber = fibers.get(self)
        fibers.delete(self)
        fiber?.interruptUnsafe()
        return { ...snapshot, status: "stopped" }
      }
      if (event.type !== "tasktor.exit") return snapshot
      const { exit } = event
      return Exit.isSuccess(exit)
        ? { ...snapshot, status: "done", output: exit.value as Output }
        : { ...snapshot, status: "error", error: Cause.squash(exit.cause) }
    },

    getPersistedSnapshot: (snapshot) => snapshot,
    restoreSnapshot: (persisted) => persisted as EffectSnapshot<Output>,
  }
}

/** The fibers of the actors that live. */
const fibers = new WeakMap<AnyActorRef, Fiber<unknown, unknown>>()

/** XState's own event for an actor whose state is left, or whose parent ends. */
function isStop(event: EventObject): boolean {
  return event.type === "xstate.stop"
}
