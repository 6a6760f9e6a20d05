import { show } from "../failure/show.ts"

/** Why somebody cancels is a text. @throws TypeError, also for an error in its place. */
export function checkReason(what: string, reason: unknown): asserts reason is string | undefined {
  if (reason === undefined || typeof reason === "string") return
  throw new TypeError(`Cannot cancel ${what}: the reason must be a text, current value is ${show(reason)}`)
}
