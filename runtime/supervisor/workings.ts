import type { AnyActorRef } from "xstate"
import type { Timers } from "../clock/timers.ts"
import type { Clock } from "../ports/clock.ts"
import type { Callbacks } from "./callbacks.ts"
import type { Supervisor } from "./supervisor.ts"

/** What a supervisor has in common with what works beside it and is none of its tasks: its time, and its way to the user's callbacks. */
export interface Workings {
  readonly clock: Clock
  readonly timers: Timers
  readonly callbacks: Callbacks
}

// By the actor, which is the same behind the proxy of a supervisor that is made when it is first used.
const shared = new WeakMap<AnyActorRef, Workings>()

export function shareWorkings(actor: AnyActorRef, workings: Workings): void {
  shared.set(actor, workings)
}

/** Undefined for what is no supervisor of this program. */
export function workingsOf(supervisor: Partial<Pick<Supervisor, "actor">>): Workings | undefined {
  return supervisor.actor === undefined ? undefined : shared.get(supervisor.actor)
}
