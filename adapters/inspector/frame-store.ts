import type { Definitions } from "./definitions.ts"
import { type KeptFrame, sizeOf } from "./kept-frame.ts"

export interface StoreLimits {
  readonly frames: number
  readonly bytes: number
}

/**
 * The latest frames, as many as the limits allow. What is dropped is folded into its actor: whoever comes late is first told of each
 * living actor as it was before the oldest frame, and then has all the frames since.
 */
export class FrameStore {
  readonly #limits: StoreLimits
  readonly #definitions: Definitions
  /** Those before `#start` are gone. */
  #frames: (KeptFrame | undefined)[] = []
  #start = 0
  /** The number of the oldest frame. */
  #first = 1
  #bytes = 0
  readonly #actors = new Map<string, KeptFrame>()

  constructor(limits: StoreLimits, definitions: Definitions) {
    this.#limits = limits
    this.#definitions = definitions
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
    return this.#bytes
  }

  /** The actors whose beginnings are gone, as they were before the oldest frame. */
  actors(): Iterable<KeptFrame> {
    return this.#actors.values()
  }

  at(sequence: number): KeptFrame | undefined {
    return sequence < this.#first ? undefined : this.#frames[this.#start + sequence - this.#first]
  }

  add(frame: KeptFrame): void {
    this.#frames.push(frame)
    this.#keep(frame)
    const { frames, bytes } = this.#limits
    while (this.next - this.#first > frames || (this.#bytes > bytes && this.next - this.#first > 1)) this.#dropOldest()
  }

  #dropOldest(): void {
    const frame = this.#frames[this.#start]
    this.#frames[this.#start] = undefined
    this.#start++
    this.#first++
    // Now and then, so that it costs nothing for each.
    if (this.#start > 1024 && this.#start * 2 > this.#frames.length) {
      this.#frames = this.#frames.slice(this.#start)
      this.#start = 0
    }
    if (frame !== undefined) this.#fold(frame)
  }

  #fold(frame: KeptFrame): void {
    const { type, sessionId } = frame
    if (type === "actor") this.#setActor(sessionId, frame)
    else if (type === "snapshot") {
      const actor = this.#actors.get(sessionId)
      if (frame.isLast) this.#setActor(sessionId, undefined)
      else if (actor !== undefined) this.#setActor(sessionId, { ...actor, snapshot: frame.snapshot })
    }
    this.#letGo(frame)
  }

  #setActor(sessionId: string, frame: KeptFrame | undefined): void {
    const before = this.#actors.get(sessionId)
    if (frame === undefined || frame.isLast) this.#actors.delete(sessionId)
    else {
      this.#actors.set(sessionId, frame)
      this.#keep(frame)
    }
    if (before !== undefined) this.#letGo(before)
    // Those that live for ever, in a program that makes ever more of them.
    if (this.#actors.size > this.#limits.frames) {
      for (const { sessionId: oldest, isOfRoot } of this.#actors.values()) {
        if (isOfRoot) continue
        this.#setActor(oldest, undefined)
        break
      }
    }
  }

  #keep(frame: KeptFrame): void {
    this.#bytes += sizeOf(frame)
    if (frame.definition !== undefined) this.#definitions.use(frame.definition)
  }

  #letGo(frame: KeptFrame): void {
    this.#bytes -= sizeOf(frame)
    if (frame.definition !== undefined) this.#definitions.release(frame.definition)
  }
}
