import { type After, numbersIn } from "./plan.ts"

/**
 * Sees that no step waits for itself, over however many others.
 *
 * @throws RangeError that names the steps of a cycle, each after the one before it.
 */
export function refuseCycle(names: readonly string[], after: readonly After[], action: string): void {
  const cycle = cycleIn(after.map(numbersIn))
  if (cycle === undefined) return
  const first = cycle.indexOf(Math.min(...cycle))
  const path = [...cycle.slice(first), ...cycle.slice(0, first + 1)].map((number) => names[number])
  throw new RangeError(`${action}: its steps wait for one another, ${path.join(" → ")}; leave out one of these ties`)
}

/** Depth first, without recursion: a graph may be ten thousand steps long. */
function cycleIn(before: readonly (readonly number[])[]): readonly number[] | undefined {
  const isThrough = new Uint8Array(before.length)
  /** Where on the way a step is, and how many of those that it waits for have been looked at. */
  const onWay = new Map<number, number>()
  for (const start of before.keys()) {
    const way = [start]
    for (let at = way.at(-1); at !== undefined; at = way.at(-1)) {
      const looked = onWay.get(at) ?? 0
      const next = isThrough[at] === 1 ? undefined : before[at]?.[looked]
      if (next === undefined) {
        isThrough[at] = 1
        onWay.delete(at)
        way.pop()
      } else if (onWay.has(next) || next === at) return way.slice(way.indexOf(next)).toReversed()
      else {
        onWay.set(at, looked + 1)
        way.push(next)
      }
    }
  }
  return undefined
}
