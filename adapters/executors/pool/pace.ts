import { MeanTime } from "../worker/mean-time.ts"

/** Behind a body that takes longer nothing is prefetched: the hand-over would cost it less than 0.2 %. */
const longMs = 25

/** How long the bodies of one definition take, and the number by which workers know it. */
export class DefinitionPace extends MeanTime {
  readonly index: number
  readonly name: string
  readonly module: string
  /** One of its attempts has been found guilty of the end of workers, and none has come through since: the next one needs less proof. */
  hasCostWorkers = false

  constructor(index: number, name: string, module: string) {
    super()
    this.index = index
    this.name = name
    this.module = module
  }
}

/** How much work workers should have in hand: enough to hide the hand-over, too little to keep from other idle hands. */
export class Pace {
  readonly #handOverMs: number
  readonly #most: number
  readonly #definitions = new Map<string, DefinitionPace>()
  readonly #recent = new MeanTime()
  #last: DefinitionPace | undefined
  #ahead = 0

  /** @param most Attempts that one worker can have in hand. */
  constructor(handOverMs: number, most: number) {
    this.#handOverMs = handOverMs
    this.#most = most
  }

  /** How many attempts each worker wants in hand beyond the one that runs, as far as the latest tasks tell. */
  get ahead(): number {
    return this.#ahead
  }

  of(name: string, module: string): DefinitionPace {
    // Nearly always the same as the last one asked for.
    const last = this.#last
    if (last !== undefined && last.name === name && last.module === module) return last
    const key = `${module}#${name}`
    let pace = this.#definitions.get(key)
    if (pace === undefined)
      this.#definitions.set(key, (pace = new DefinitionPace(this.#definitions.size, name, module)))
    this.#last = pace
    return pace
  }

  /** A body has ended. True when workers want more in hand from now on. */
  took(pace: DefinitionPace, ms: number): boolean {
    pace.took(ms)
    pace.hasCostWorkers = false
    this.#recent.took(ms)
    const before = this.#ahead
    const { expectedMs } = this.#recent
    // A page's clock is coarse: what is expected may be no time at all.
    this.#ahead =
      this.#handOverMs === 0 || expectedMs > longMs
        ? 0
        : Math.min(Math.ceil(this.#handOverMs / expectedMs), this.#most - 1)
    return this.#ahead > before
  }

  /** Whether a worker may have another attempt behind what it has in hand: what runs, and what waits in it, in milliseconds. */
  allowsBehind(runningMs: number, waitingMs: number): boolean {
    return runningMs <= longMs && waitingMs < this.#handOverMs
  }

  /** Whether so little waits in a worker that it should get more. Filled up from there, it gets much at a time. */
  isLow(waitingMs: number): boolean {
    return waitingMs < this.#handOverMs / 2
  }

  /** Whether work is expected to last long enough to be given to somebody else. */
  isWorthMoving(ms: number): boolean {
    return ms > this.#handOverMs
  }
}
