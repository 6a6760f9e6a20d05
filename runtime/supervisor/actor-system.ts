import type { AnyActorRef, InspectionEvent, Observer } from "xstate"
import type { Callbacks } from "./callbacks.ts"

type Inspector = Observer<InspectionEvent> | ((event: InspectionEvent) => void)

/** The actor system of a supervisor, as its tasks need it. */
export class ActorSystem {
  /** Somebody looks into the machines. */
  isInspected: boolean

  /** @param inspected Told when the first inspector comes after the beginning, so that it finds all that lives. */
  constructor(root: AnyActorRef, isInspected: boolean, callbacks: Callbacks, inspected: () => void) {
    this.isInspected = isInspected
    const { system } = root
    forgetSessions(system as SessionBook)
    const inspect = system.inspect.bind(system)
    system.inspect = (observer: Inspector) => {
      const subscription = inspect(guardedInspector(observer, callbacks))
      this.isInspected = true
      inspected()
      return subscription
    }
  }
}

/**
 * XState writes every actor of a system into a Map that it never reads. With tasks coming and going that Map is rehashed for ever, and
 * each outgrown table that reached the old generation keeps all actors since then alive until the next full collection: half the time
 * of a short task that is looked into went into copying them. Where a later XState has no such method, nothing changes.
 */
function forgetSessions(system: SessionBook): void {
  if (system._register !== undefined) system._register = (sessionId) => sessionId
}

type SessionBook = AnyActorRef["system"] & { _register?: (sessionId: string) => string }

/** An observer that throws would otherwise throw into whoever sends an event. */
export function guardedInspector(inspector: Inspector, callbacks: Callbacks): (event: InspectionEvent) => void {
  return (event) => {
    try {
      if (typeof inspector === "function") inspector(event)
      else inspector.next?.(event)
    } catch (error) {
      callbacks.warn("The inspection observer threw", error)
    }
  }
}
