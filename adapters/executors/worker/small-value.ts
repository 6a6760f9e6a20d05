/** Outputs that need no cloning, as most short bodies have: a number, a boolean or nothing. */
const constants: readonly unknown[] = [undefined, null, false, true]
const number = constants.length

/** What kind of small value it is; undefined for one that must be cloned. */
export function smallKindOf(value: unknown): number | undefined {
  if (typeof value === "number") return number
  const kind = constants.indexOf(value)
  return kind < 0 ? undefined : kind
}

/** The number in a value of that kind: what else must be kept of it. */
export function numberIn(value: unknown): number {
  return typeof value === "number" ? value : 0
}

/** The value of that kind, with that number in it. */
export function smallValue(kind: number, ofNumber: number): unknown {
  return kind === number ? ofNumber : constants[kind]
}
