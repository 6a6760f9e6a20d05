import { show } from "../../failure/show.ts"
import { weekdays } from "./weekday.ts"

const months = [
  "january",
  "february",
  "march",
  "april",
  "may",
  "june",
  "july",
  "august",
  "september",
  "october",
  "november",
  "december",
]

/** One field of a cron expression: what it may hold. */
export interface CronFieldKind {
  readonly name: string
  readonly min: number
  readonly max: number
  /** The first one means `min`. */
  readonly names?: readonly string[]
  /** A number beyond `max` that means `min`. */
  readonly alias?: number
  readonly example: string
}

export const cronFields = {
  second: { name: "second", min: 0, max: 59, example: "0, 0-30, */10 or 5,35" },
  minute: { name: "minute", min: 0, max: 59, example: "0, 0-30, */10 or 5,35" },
  hour: { name: "hour", min: 0, max: 23, example: "0, 9-17, */6 or 8,20" },
  day: { name: "day of the month", min: 1, max: 31, example: "1, 1-7, */2 or 1,15" },
  month: { name: "month", min: 1, max: 12, names: months, example: "1, jan, jun-aug, */3 or 1,7" },
  weekday: { name: "day of the week", min: 0, max: 6, names: weekdays, alias: 7, example: "0, mon, mon-fri or 6,7" },
} as const satisfies Record<string, CronFieldKind>

/** The values of one field. */
export class CronField {
  /** It begins with `*`: it follows what goes on, and leaves the choice of days to the other field of days. */
  readonly isWild: boolean
  readonly values: ReadonlySet<number>
  readonly first: number
  /** For each number the first value from there on, 255 for none. */
  readonly #from: Uint8Array

  constructor(values: ReadonlySet<number>, isWild: boolean, max: number) {
    this.values = values
    this.isWild = isWild
    this.first = Math.min(...values)
    this.#from = new Uint8Array(max + 2).fill(none)
    for (let value = max; value >= 0; value--) {
      this.#from[value] = values.has(value) ? value : (this.#from[value + 1] ?? none)
    }
  }

  has(value: number): boolean {
    return this.values.has(value)
  }

  /** The first value from `value` on. */
  from(value: number): number | undefined {
    const found = this.#from[value] ?? none
    return found === none ? undefined : found
  }
}

const none = 255

/**
 * Reads one field: `*`, values and ranges, each with a step if you like, in a list. A range may go past the end, as fri-mon does.
 *
 * @param action The beginning of the message.
 * @throws RangeError that names the field and says what it may hold.
 */
export function readCronField(text: string, kind: CronFieldKind, action: string): CronField {
  const values = new Set<number>()
  for (const part of text.split(",")) for (const value of readPart(part, text, kind, action)) values.add(value)
  return new CronField(values, text.startsWith("*"), kind.max)
}

function readPart(part: string, text: string, kind: CronFieldKind, action: string): number[] {
  const { min, max } = kind
  const size = max - min + 1
  const match = /^(?:(\*)|([a-z]+|\d+)(?:-([a-z]+|\d+))?)(?:\/(\d+))?$/i.exec(part)
  if (match === null) throw refusal(`${show(part)} is none of the forms that it may have`, text, kind, action)
  const [, star, start, end, every] = match
  const step = every === undefined ? 1 : Number(every)
  if (step < 1 || step > size) {
    throw refusal(`its step must be from 1 to ${size}, current value is ${every}`, text, kind, action)
  }
  const first = star === undefined ? readValue(start ?? "", text, kind, action) : min
  const openEnd = star === undefined && every === undefined ? first : max
  const given = end === undefined ? openEnd : readValue(end, text, kind, action)
  const last = given < first ? given + size : given
  const values: number[] = []
  for (let value = first; value <= last; value += step) values.push(((value - min) % size) + min)
  return values
}

function readValue(word: string, text: string, kind: CronFieldKind, action: string): number {
  const { min, max, names, alias } = kind
  const named = names?.findIndex((name) => name === word.toLowerCase() || name.slice(0, 3) === word.toLowerCase()) ?? -1
  const value = named >= 0 ? named + min : /^\d+$/.test(word) ? Number(word) : Number.NaN
  if (value >= min && value <= (alias ?? max)) return value
  throw refusal(`${word} is not among them`, text, kind, action)
}

function refusal(why: string, text: string, kind: CronFieldKind, action: string): RangeError {
  const { name, min, max, alias, names, example } = kind
  const named = names === undefined ? "" : ` or names such as ${names[0]?.slice(0, 3)}`
  return new RangeError(
    `${action}: the field of the ${name} takes ${min} to ${alias ?? max}${named}, as in ${example}; current value is ${show(text)}, and ${why}`,
  )
}
