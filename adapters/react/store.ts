import type { Observer, Subscription } from "xstate"

/** Something that `useSelector` can read: as an actor, to be looked at and subscribed to. */
export interface Store<Value> {
  getSnapshot(): Value
  subscribe(observer: Observer<Value> | ((value: Value) => void)): Subscription
}

/** A store of a way to look, and of a way to listen. */
export function storeOf<Value>(
  look: () => Value,
  listen: (listener: (value: Value) => void) => () => void,
): Store<Value> {
  return {
    getSnapshot: look,
    subscribe: (observer) => ({
      unsubscribe: listen(typeof observer === "function" ? observer : (value) => observer.next?.(value)),
    }),
  }
}
