import type { Actor } from "./actor.ts"
import type { Entry, Recording } from "./recording.ts"

/** Which lines of the log are shown. */
export interface LogFilter {
  /** Only what concerns this actor, and what is within it. */
  readonly actor: Actor | undefined
  readonly words: readonly string[]
  /** XState's own events, reports and counters as well. */
  readonly internal: boolean
}

/** The lines of the log, kept up with a recording that grows: a hundred thousand of them are not gone through again for each new one. */
export class LogRows {
  readonly #recording: Recording
  #filter: LogFilter = { actor: undefined, words: [], internal: false }
  #epoch = -1
  #read = 0
  #rows: Entry[] = []

  constructor(recording: Recording) {
    this.#recording = recording
  }

  get filter(): LogFilter {
    return this.#filter
  }

  setFilter(filter: LogFilter): void {
    this.#filter = filter
    this.#epoch = -1
  }

  rows(): readonly Entry[] {
    const { entries, epoch } = this.#recording
    if (this.#epoch !== epoch) {
      this.#epoch = epoch
      this.#read = 0
      this.#rows = []
    }
    for (; this.#read < entries.length; this.#read++) {
      const entry = entries[this.#read]
      if (entry !== undefined && this.#isShown(entry)) this.#rows.push(entry)
    }
    return this.#rows
  }

  #isShown(entry: Entry): boolean {
    const { actor, words, internal } = this.#filter
    if (!internal && isInternal(entry)) return false
    if (actor !== undefined && !isWithin(entry.actor, actor)) return false
    if (words.length === 0) return true
    const { title, name } = entry.actor
    const text = `${title} ${name} ${entry.type === "appeared" ? "appeared" : entry.event.type}`.toLowerCase()
    return words.every((word) => text.includes(word))
  }
}

/** What a machine needs to be told, and nobody needs to know of. */
export function isInternal({ type, event }: Entry): boolean {
  if (type === "appeared") return false
  return (
    event.type === "report" ||
    event.type === "count" ||
    event.type.startsWith("again.") ||
    event.type.startsWith("xstate.") ||
    event.type.startsWith("tasktor.")
  )
}

function isWithin(actor: Actor, outer: Actor): boolean {
  for (let one: Actor | undefined = actor; one !== undefined; one = one.parent) if (one === outer) return true
  return false
}
