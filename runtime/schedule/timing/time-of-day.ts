import { show } from "../../failure/show.ts"

/** Seconds of a day: the first one, from `second` on, that is meant; undefined when there is none left. */
export type TimesOfDay = (second: number) => number | undefined

/**
 * Times of day as texts, in their order, each once.
 *
 * @throws TypeError or RangeError that names the value.
 */
export function readTimes(at: string | readonly string[], action: string): readonly string[] {
  const texts = Array.isArray(at) ? (at as readonly string[]) : [at as string]
  if (texts.length === 0) throw new RangeError(`${action}: "at" must have a time of day such as "22:07"`)
  const seconds = texts.map((text) => readTime(text, action))
  return [...new Set(seconds)].toSorted((a, b) => a - b).map(timeText)
}

/** What times that have been read mean. */
export function timesOfDay(texts: readonly string[]): TimesOfDay {
  const seconds = texts.map((text) => readTime(text, "Cannot make a schedule"))
  return (from) => seconds.find((second) => second >= from)
}

function readTime(text: string, action: string): number {
  const match = typeof text === "string" ? /^(\d{1,2}):(\d\d)(?::(\d\d))?$/.exec(text.trim()) : null
  const [hour, minute, second] = [Number(match?.[1]), Number(match?.[2]), Number(match?.[3] ?? 0)]
  if (match === null || hour > 23 || minute > 59 || second > 59) {
    throw new RangeError(
      `${action}: "at" must be a time of day from "00:00" to "23:59", with seconds if you like, as "22:07:30", current value is ${show(text)}`,
    )
  }
  return hour * 3600 + minute * 60 + second
}

function timeText(seconds: number): string {
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  return (parts[2] === 0 ? parts.slice(0, 2) : parts).map((part) => String(part).padStart(2, "0")).join(":")
}
