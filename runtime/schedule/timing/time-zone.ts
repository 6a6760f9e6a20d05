import { show } from "../../failure/show.ts"
import { dayMs, lastInstant } from "./calendar.ts"

/** So long that few are looked up, so short that no zone has changed its offset twice in one. */
const spanMs = 4 * dayMs
const mostSpans = 1000

/** The offset of a time zone in one span of time: `before` until the instant `at`, `after` from then on. */
interface Span {
  readonly before: number
  readonly at: number
  readonly after: number
}

/**
 * A time zone as the platform knows it. A local time is written as the milliseconds that it would be in UTC; offsets are local time minus
 * instant.
 *
 * Asking Intl takes microseconds, so what it says is remembered: twice in four days, and a search where the offset changes.
 */
export class TimeZone {
  readonly name: string
  readonly #format: Intl.DateTimeFormat
  readonly #spans = new Map<number, Span>()

  constructor(name: string) {
    this.name = name
    this.#format = new Intl.DateTimeFormat("en-US", { timeZone: name, timeZoneName: "longOffset" })
  }

  offsetAt(instant: number): number {
    const { before, at, after } = this.#spanOf(Math.floor(instant / spanMs))
    return instant < at ? before : after
  }

  localOf(instant: number): number {
    return instant + this.offsetAt(instant)
  }

  /** The first change of the offset after `from` and not after `to`. */
  changeWithin(from: number, to: number): number | undefined {
    const last = Math.floor(to / spanMs)
    for (let index = Math.floor(from / spanMs); index <= last; index++) {
      const { at, after } = this.#spanOf(index)
      if (at > from && at <= to) return at
      const next = (index + 1) * spanMs
      if (next <= to && this.#spanOf(index + 1).before !== after) return next
    }
    return undefined
  }

  /**
   * The instant at which the clocks show a local time; where they show it twice, the first one. A time that they skip is the instant at
   * which they skip it.
   */
  instantOf(local: number): { readonly instant: number; readonly isSkipped: boolean } {
    const early = local - this.offsetAt(local - dayMs)
    const late = local - this.offsetAt(local + dayMs)
    const shown = [early, late].filter((instant) => this.localOf(instant) === local)
    if (shown.length > 0) return { instant: Math.min(...shown), isSkipped: false }
    return { instant: this.changeWithin(late, early) ?? early, isSkipped: true }
  }

  #spanOf(index: number): Span {
    const known = this.#spans.get(index)
    if (known !== undefined) return known
    if (this.#spans.size >= mostSpans) this.#spans.clear()
    const span = this.#look(index * spanMs)
    this.#spans.set(index, span)
    return span
  }

  #look(start: number): Span {
    let low = start / 1000
    let high = low + spanMs / 1000 - 1
    const before = this.#read(low * 1000)
    const after = this.#read(high * 1000)
    if (before === after) return { before, at: Number.POSITIVE_INFINITY, after }
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2)
      if (this.#read(middle * 1000) === before) low = middle
      else high = middle
    }
    return { before, at: high * 1000, after }
  }

  #read(instant: number): number {
    const text = this.#format.format(Math.min(Math.max(instant, -lastInstant), lastInstant))
    const match = /GMT([+-])(\d\d):(\d\d)(?::(\d\d))?/.exec(text)
    if (match === null) return 0
    const [, sign, hours, minutes, seconds] = match
    const ms = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds ?? 0)) * 1000
    return sign === "-" ? -ms : ms
  }
}

const zones = new Map<string, TimeZone>()

/**
 * The time zone of that name; without one, the machine's own.
 *
 * @throws TypeError or RangeError that names the value.
 */
export function timeZone(name: string | undefined, action: string): TimeZone {
  name ??= new Intl.DateTimeFormat().resolvedOptions().timeZone
  const known = zones.get(name)
  if (known !== undefined) return known
  if (typeof name !== "string") throw new TypeError(`${action}: ${notAZone(name)}`)
  try {
    const zone = new TimeZone(name)
    zones.set(name, zone)
    return zone
  } catch (cause) {
    throw new RangeError(`${action}: ${notAZone(name)}`, { cause })
  }
}

function notAZone(value: unknown): string {
  return `"timeZone" must be the name of a time zone that this machine knows, as "Europe/Paris" is, current value is ${show(value)}`
}
