import type { TaskSnapshot } from "../../../machines/task/snapshot.ts"
import type { LogEntry, StoreReader } from "../../../runtime/ports/store.ts"
import { type EntryFact, entryFact } from "./entry-fact.ts"
import { momentOf } from "./moment.ts"
import { positionOf } from "./position-of.ts"
import type { Tape } from "./tape.ts"

/** What a key asks for. */
export type Move = "forward" | "back" | "far-forward" | "far-back" | "begin" | "end"

/** So many entries are far. */
const far = 100

/** Where one who steps through the log is. */
export class Player {
  readonly #tape: Tape
  readonly #reader: StoreReader
  /** 0 before the first entry. */
  position = 0

  constructor(tape: Tape, reader: StoreReader) {
    this.#tape = tape
    this.#reader = reader
  }

  move(move: Move): void {
    switch (move) {
      case "forward":
        return this.#step(1)
      case "back":
        return this.#step(-1)
      case "far-forward":
        return this.#step(far)
      case "far-back":
        return this.#step(-far)
      case "begin":
        this.position = 0
        return
      case "end":
        this.position = this.#tape.last
    }
  }

  /** To a position, to a time, or to the next entry of a task whose id, name or key has that text; false where there is none. */
  jump(text: string): boolean {
    const moment = momentOf(text, this.#tape.foldAt(this.position).at || Date.now())
    if (moment !== undefined) {
      this.position = positionOf(this.#tape, moment)
      return true
    }
    const found = this.#nextOf(text.trim().toLowerCase())
    if (found !== undefined) this.position = found.position
    return found !== undefined
  }

  /** The entry that led here, and what it told. */
  get fact(): EntryFact | undefined {
    const entry = this.#tape.entryAt(this.position)
    if (entry === undefined) return undefined
    const before = entry.task === undefined ? undefined : this.#tape.foldAt(entry.position - 1).taskOf(entry.task)
    return entryFact(before, entry, this.#reader)
  }

  #step(count: number): void {
    for (let left = Math.abs(count); left > 0; left--) {
      const entry = count > 0 ? this.#tape.entryAfter(this.position) : this.#tape.entryAt(this.position)
      if (entry === undefined) return
      this.position = count > 0 ? entry.position : entry.position - 1
    }
    // between two entries is nothing to be seen
    if (count < 0) this.position = this.#tape.entryAt(this.position)?.position ?? 0
  }

  /** From here on, and then from the beginning. */
  #nextOf(text: string): LogEntry | undefined {
    if (text === "") return undefined
    return this.#find(text, this.position, this.#tape.last) ?? this.#find(text, 0, this.position)
  }

  #find(text: string, after: number, upTo: number): LogEntry | undefined {
    const fold = this.#tape.foldAt(after)
    const names = new Map<string, string>()
    for (const entry of this.#tape.entries(after, upTo)) {
      const { task, birth } = entry
      if (task === undefined) continue
      if (birth !== undefined) names.set(task, nameOf(birth))
      const living = fold.taskOf(task)
      const name = names.get(task) ?? (living && nameOf(living)) ?? task
      if (name.toLowerCase().includes(text)) return entry
    }
    return undefined
  }
}

function nameOf({ id, name, key }: Pick<TaskSnapshot, "id" | "name" | "key">): string {
  return `${id} ${name} ${typeof key === "object" ? key.join("/") : key}`
}
