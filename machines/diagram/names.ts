/** What XState's own actions and guards say of themselves. */
interface BuiltIn {
  readonly name: string
  /** `xstate.assign` */
  readonly type?: unknown
  /** Those that `not`, `and` and `or` were made of. */
  readonly guards?: readonly unknown[]
  /** What `stateIn` asks for. */
  readonly stateValue?: unknown
}

/** A guard in words: its name, `not isReady`, `isReady and isFull`, or `inline`. */
export function describeGuard(guard: unknown): string {
  if (typeof guard !== "function") return nameOf(guard, "guard")
  const { name, guards, stateValue } = guard as unknown as BuiltIn
  if (guards !== undefined) {
    const names = guards.map((part) => (isCombined(part) ? `(${describeGuard(part)})` : describeGuard(part)))
    return name === "not" ? `not ${names.join()}` : names.join(` ${name} `)
  }
  return stateValue === undefined ? nameOf(guard, "guard") : `in ${JSON.stringify(stateValue)}`
}

function isCombined(guard: unknown): boolean {
  return typeof guard === "function" && ["and", "or"].includes(guard.name) && "guards" in guard
}

/**
 * The name of an action or a guard: of its implementation, of XState's own (`assign`), of the function; `inline` for a function that was
 * written where it stands, under the property `place`.
 */
export function nameOf(what: unknown, place: string): string {
  if (typeof what === "string") return what
  const { type, name } = Object(what) as Partial<BuiltIn>
  if (typeof type === "string") return type.replace(/^xstate\./, "")
  return name === undefined || name === "" || name === place ? "inline" : name
}
