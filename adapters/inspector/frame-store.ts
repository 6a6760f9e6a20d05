import type { Definitions } from "./definitions.ts"
import { FoldedActors } from "./folded-actors.ts"
import type { KeptFrame } from "./kept-frame.ts"
import { Weight } from "./weight.ts"

export interface StoreLimits {
  readonly frames: number
  /** Half of it at most is for the living actors whose frames are gone, so that these cannot push out the frames. */
  readonly bytes: number
}

/**
 * The latest frames, as many as the limits allow. What is dropped is folded into its actor: whoever comes late is first told of each
 * living actor as it was before the oldest frame, and then has all the frames since.
 */
export class FrameStore {
  readonly #limits: StoreLimits
  readonly #losing: (sequence: number) => void
  /** Those before `#start` are gone. */
  #frames: (KeptFrame | undefined)[] = []
  #start = 0
  /** The number of the oldest frame. */
  #first = 1
  readonly #weight: Weight
  readonly #actors: FoldedActors

  /** @param losing Told the number of a frame that is about to be dropped. */
  constructor(limits: StoreLimits, definitions: Definitions, losing: (sequence: number) => void) {
    this.#limits = limits
    this.#losing = losing
    this.#weight = new Weight(definitions)
    this.#actors = new FoldedActors({ actors: limits.frames, bytes: limits.bytes / 2 }, definitions)
  }

  /** The number of the oldest frame that is kept. */
  get first(): number {
    return this.#first
  }

  /** The number that the next frame will have. */
  get next(): number {
    return this.#first + this.#frames.length - this.#start
  }

  /** About how many bytes all that is kept takes. */
  get bytes(): number {
    return this.#weight.bytes + this.#actors.bytes
  }

  /** The actors whose beginnings are gone, as they were before the oldest frame. */
  actors(): Iterable<KeptFrame> {
    return this.#actors.all()
  }

  /** Whether these are all of them: beyond its limits it forgets some that live. */
  get hasAllActors(): boolean {
    return this.#actors.isComplete
  }

  at(sequence: number): KeptFrame | undefined {
    return sequence < this.#first ? undefined : this.#frames[this.#start + sequence - this.#first]
  }

  add(frame: KeptFrame): void {
    this.#frames.push(frame)
    this.#weight.add(frame)
    while (this.#isTooMuch()) this.#dropOldest()
  }

  #isTooMuch(): boolean {
    const { frames, bytes } = this.#limits
    const count = this.next - this.#first
    return count > 1 && (count > frames || this.#weight.bytes > Math.max(bytes - this.#actors.bytes, bytes / 2))
  }

  #dropOldest(): void {
    this.#losing(this.#first)
    const frame = this.#frames[this.#start]
    this.#frames[this.#start] = undefined
    this.#start++
    this.#first++
    // Now and then, so that it costs nothing for each.
    if (this.#start > 1024 && this.#start * 2 > this.#frames.length) {
      this.#frames = this.#frames.slice(this.#start)
      this.#start = 0
    }
    if (frame === undefined) return
    this.#fold(frame)
    this.#weight.remove(frame)
  }

  #fold(frame: KeptFrame): void {
    const { type, sessionId, snapshot, isLast } = frame
    if (type !== "actor" && type !== "snapshot") return
    if (type === "actor") {
      // One that is told of at its end has never been among them.
      if (!isLast) this.#actors.set(frame)
      return
    }
    if (isLast) return this.#actors.end(sessionId)
    const actor = this.#actors.get(sessionId)
    if (actor !== undefined) this.#actors.set({ ...actor, snapshot })
  }
}
