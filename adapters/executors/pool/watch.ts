import type { Clock } from "../../../runtime/ports/clock.ts"
import type { Crew } from "./crew.ts"
import type { PooledAttempt } from "./pooled-attempt.ts"
import type { PoolWorker } from "./pool-worker.ts"

const sampleMs = 1000 / 30

/** A worker that was to be done in less than `Pace` finds worth moving, and is not after this long, has been misjudged. */
const patienceMs = 2

/** What the pool does about what it sees. */
export interface WatchActions {
  /** A body computes for longer than expected: what waits behind it need not. */
  recall(worker: PoolWorker): void
  /** It is not ready, has begun nothing of what it has in hand, or has not ended, for far too long: something in it keeps its thread. */
  giveUp(worker: PoolWorker): void
  /** So many bodies have been told to end and go on: their workers are likely to be killed. */
  replace(deaf: readonly PooledAttempt[]): void
  /** It imports what nobody waits for any more: somebody else takes its place meanwhile. */
  goOnWithout(worker: PoolWorker): void
  /** Somebody is idle, and somebody else has not got on. */
  lookAgain(): void
}

/** Looks at the workers while they work: progress in shared memory sends no message, and neither does a body that hangs. */
export class Watch {
  readonly #clock: Clock
  readonly #crew: Crew
  readonly #actions: WatchActions
  readonly #startTimeoutMs: number
  #sampling: unknown
  #looking: unknown
  readonly #silent = new WeakMap<PoolWorker, { readonly what: object | undefined; readonly since: number }>()
  /** What ran when it was looked at last. */
  #seen = new Set<PooledAttempt>()

  constructor(clock: Clock, crew: Crew, startTimeoutMs: number, actions: WatchActions) {
    this.#clock = clock
    this.#crew = crew
    this.#startTimeoutMs = startTimeoutMs
    this.#actions = actions
  }

  /** Something is in hand. It ends by itself when nothing is. */
  start(): void {
    this.#sampling ??= this.#clock.setTimeout(() => this.#sample(), sampleMs)
  }

  stop(): void {
    for (const timer of [this.#sampling, this.#looking]) if (timer !== undefined) this.#clock.clearTimeout(timer)
    this.#sampling = undefined
    this.#looking = undefined
  }

  lookAgainAt(worker: PoolWorker): void {
    const { oldest } = worker
    this.#looking ??= this.#clock.setTimeout(() => {
      this.#looking = undefined
      worker.look()
      if (oldest !== undefined && worker.oldest === oldest) this.#actions.lookAgain()
    }, patienceMs)
  }

  /**
   * For how long a worker has been about to do the same thing: to get ready, to begin an attempt, to pass one by, or to end. What its set-up
   * module, an earlier body or the module of the next one does may not let go of its thread. By the real clock: a thread knows no
   * other.
   */
  #silentMs(worker: PoolWorker): number {
    const what = nextOf(worker)
    const before = this.#silent.get(worker)
    if (what !== undefined && before?.what === what) return performance.now() - before.since
    this.#silent.set(worker, { what, since: performance.now() })
    return 0
  }

  #sample(): void {
    this.#sampling = undefined
    const running = new Set<PooledAttempt>()
    const deaf: PooledAttempt[] = []
    for (const worker of this.#crew.workers) {
      if (!worker.isAwaited) continue
      this.start()
      if (worker.inHand > 0 || worker.state !== "stopping") worker.look()
      const silentMs = this.#silentMs(worker)
      if (silentMs > this.#startTimeoutMs) {
        this.#silent.delete(worker)
        this.#actions.giveUp(worker)
      } else if (silentMs > 0 && worker.passing !== undefined) this.#actions.goOnWithout(worker)
      if (worker.running === undefined) continue
      running.add(worker.running)
      if (isDeaf(worker)) deaf.push(worker.running)
      worker.sample()
      if (!this.#seen.has(worker.running)) continue
      worker.running.becomeSlow()
      if (worker.waiting > 0) this.#actions.recall(worker)
    }
    this.#seen = running
    if (deaf.length > 0) this.#actions.replace(deaf)
  }
}

/** Its body has been told to end, and has had a whole interval to do so. */
function isDeaf({ running, state }: PoolWorker): boolean {
  return running?.isAborted === true && running.deafLooks++ > 0 && state === "busy"
}

/** What a worker is about to come to that is told to end, or is being killed. */
const theEnd = {}

function nextOf(worker: PoolWorker): object | undefined {
  if (worker.state === "starting") return worker
  if (worker.state === "stopping") return theEnd
  if (worker.passing !== undefined) return worker.passing
  return worker.running === undefined && worker.state === "busy" ? worker.oldest : undefined
}
