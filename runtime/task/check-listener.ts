import { show } from "../failure/show.ts"

/** @throws TypeError for a listener that cannot be called. */
export function checkListener(listener: unknown): void {
  if (typeof listener === "function") return
  throw new TypeError(`Cannot listen: the listener must be a function, current value is ${show(listener)}`)
}
