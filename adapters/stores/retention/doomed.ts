import { sweepPortion } from "./sweep-limits.ts"
import { type RetentionPlan, type SettledStatus, settledStatuses } from "./retention.ts"

/** A task as retention sees it. */
export interface Kin {
  readonly id: string
  readonly born: number
  readonly isSettled: boolean
}

/** What retention asks of a store. */
export interface KinSource {
  /** How many settled roots there are: tasks whose parent is not kept. */
  countRoots(status: SettledStatus): number
  /** Those of them that settled first: so many, or fewer if only those count that settled at an instant or before it. */
  oldestRoots(status: SettledStatus, limit: number, settledUpTo: number): readonly Kin[]
  childrenOf(id: string): Iterable<Kin>
}

/** Roots that are looked up at once. */
const rootsAtOnce = 500

/** What is to be forgotten, in portions. */
export class Doomed {
  readonly #source: KinSource
  readonly #plan: RetentionPlan
  #walk: Iterator<Kin> | undefined

  constructor(source: KinSource, plan: RetentionPlan) {
    this.#source = source
    this.#plan = plan
  }

  /** Empty when there is nothing. The next call takes it that what this one gave is gone. */
  take(now: number): readonly Kin[] {
    const isNew = this.#walk === undefined
    const walk = (this.#walk ??= doomed(this.#source, this.#plan, now))
    const portion: Kin[] = []
    while (portion.length < sweepPortion) {
      const { done, value } = walk.next()
      if (done === true) {
        this.#walk = undefined
        break
      }
      portion.push(value)
    }
    // an earlier walk that had nothing left says nothing about now
    return portion.length === 0 && !isNew ? this.take(now) : portion
  }

  /** What was given is there still. */
  beginAnew(): void {
    this.#walk = undefined
  }
}

/**
 * One task after another: those below a task before it, so that one may stop anywhere and go on another time and nobody is left without a
 * root. It looks as far as it is asked: a task may have 100,000 children.
 */
function* doomed(source: KinSource, plan: RetentionPlan, now: number): Generator<Kin> {
  for (const status of settledStatuses) {
    const { count, ageMs } = plan[status]
    const excess = count === Infinity ? 0 : Math.max(0, source.countRoots(status) - count)
    const surplus = excess === 0 ? [] : source.oldestRoots(status, Math.min(excess, rootsAtOnce), Infinity)
    const aged = ageMs === Infinity ? [] : source.oldestRoots(status, rootsAtOnce, now - ageMs)
    // both begin with the same task: the longer one has all of the other
    for (const root of aged.length > surplus.length ? aged : surplus) yield* family(source, root)
  }
}

/** Gives whether all of it is to go. A child that lives keeps what is above it, too: it should not be there. */
function* family(source: KinSource, kin: Kin): Generator<Kin, boolean> {
  let isAll = kin.isSettled
  for (const child of source.childrenOf(kin.id)) if (!(yield* family(source, child))) isAll = false
  if (isAll) yield kin
  return isAll
}
